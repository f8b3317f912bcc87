type Library = typeof import('oidc-provider')

let importing: Promise<Library> | undefined

/** @throws {Error} if oidc-provider is not installed. Does NOT import it: see {@link importOidcProvider}. */
export function requireOidcProvider (): void {
  try {
    import.meta.resolve('oidc-provider')
  } catch (cause) {
    throw new Error('the local Okta needs the package oidc-provider, which is not installed: npm install --save-dev oidc-provider', { cause })
  }
}

/**
 * Imports oidc-provider once, when somebody first signs in or a token is first requested: to import it takes half as
 * long as a start without it. Hides its warning on Node 20 that the runtime is not supported, and nothing else.
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
  } finally {
    console.warn = warn
  }
}
