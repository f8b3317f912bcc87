import { SettingsError } from '../settings/settings.js'

/** Why the service cannot start, in words for its operator: a setting and what to do about it. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}

/** Says which setting leads to an address that cannot be listened on; any other error passes as it is. */
export function toStartupError (setting: 'PORT' | 'LOCAL_OKTA_PORT', cause: unknown): unknown {
  const { code, port, address } = cause as { code?: string, port?: number, address?: string }
  switch (code) {
    case 'EADDRINUSE': return new StartupError(`${setting}: port ${port} of ${address} is taken by another program: stop that, or give ${setting} another port`, { cause })
    case 'EACCES': return new StartupError(`${setting}: port ${port} is not for this user: give ${setting} a port of 1024 or above`, { cause })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': return new StartupError('HOST is not an address of this machine', { cause })
    default: return cause
  }
}

/** The lines for the standard error: one for each issue, without a stack. */
export function describeStartupError (error: unknown): string {
  if (error instanceof SettingsError || error instanceof StartupError) return error.message
  const message = error instanceof Error ? error.message : String(error)
  return `The service could not start: ${message.split('\n', 1)[0]}`
}
