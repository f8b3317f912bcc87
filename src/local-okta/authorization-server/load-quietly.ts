type Library = typeof import('oidc-provider')

let loading: Promise<Library> | undefined

/**
 * Loads oidc-provider, once, when an org first starts: not before, since it is
 * large and whoever uses the plugin alone does not have it. Keeps back the notice
 * it writes on Node 20, that the runtime is not supported; anything else that is
 * written to the console meanwhile comes through.
 */
export async function loadQuietly (): Promise<Library> {
  return (loading ??= load())
}

async function load (): Promise<Library> {
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
