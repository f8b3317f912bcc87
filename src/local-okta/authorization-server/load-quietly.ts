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
  } finally {
    console.warn = warn
  }
}
