import { isIP } from 'node:net'
import { isLoopback } from './setting-definitions.js'

/**
 * The origin of a service that listens here and says nothing else: callers on this machine reach it there.
 *
 * `null` for another machine's callers, who need https (RFC 6750 section 5.3; browsers sign in nowhere else), and for a
 * port that is not known before it is listened on.
 */
export function localPublicUrl (host: string, port: number): string | null {
  if (port === 0) return null
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const address = `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  return isLoopback(url) ? url.origin : null
}
