type Library = typeof import('oidc-provider')

let importing: Promise<Library> | undefined

/**
 * Imports oidc-provider once, when an org first starts. Not before: it is large, and users of the plugin alone do
 * not have it. Hides its warning on Node 20 that the runtime is not supported, and nothing else.
 */
export async function importOidcProvider (): Promise<Library> {
  return (importing ??= importQuietly())
}

async function importQuietly (): Promise<Library> {
  const { warn } = console
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...args)
  }
  try {
    return await import('oidc-provider')
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Error('the local Okta needs the package oidc-provider, which is not installed: npm install --save-dev oidc-provider', { cause })
  } finally {
    console.warn = warn
  }
}
