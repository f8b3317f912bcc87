import { FetchFailedError, fetchJson } from '../../oauth/fetch-json.js'
import { networkErrorCode, sendRequest } from '../../oauth/network.js'
import { stringAt, stringsAt, valueAt } from '../json.js'

const TIMEOUT_MS = 5_000
const MAX_BYTES = 64 * 1024
const METADATA_PATH = '/.well-known/oauth-protected-resource'

type ServiceAnswer =
  | { readonly kind: 'service', readonly resource: string, readonly issuers: readonly string[] }
  /** Something else answers. */
  | { readonly kind: 'other', readonly status: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreachable', readonly code: string }

/** What answers at the service's public URL, by its metadata document (RFC 9728). Does not throw. */
export async function probeService (publicUrl: string): Promise<ServiceAnswer> {
  try {
    const { document } = await fetchJson(`${publicUrl}${METADATA_PATH}`, {}, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })
    const resource = stringAt(document, 'resource')
    return resource === '' ? { kind: 'other', status: 'no metadata' } : { kind: 'service', resource, issuers: stringsAt(document, 'authorization_servers') }
  } catch (error) {
    if (!(error instanceof FetchFailedError)) throw error
    if (error.status !== undefined) return { kind: 'other', status: String(error.status) }
    if (error.code === 'ECONNREFUSED') return { kind: 'nothing' }
    return error.code === undefined && error.message !== 'did not answer in time' ? { kind: 'other', status: error.message } : { kind: 'unreachable', code: error.code ?? error.message }
  }
}

/** Which messages of Okta the service receives, as `/readyz` names them. */
export type MessageSource = 'event_hook' | 'security_events' | 'universal_logout'

/**
 * When the service last received such a message, in words that follow what was seen: `; the last message came 12 s ago`. It is
 * the process that answers which says so: behind a load balancer, another one may know of a later message. Empty if it does
 * not say. Does not throw.
 */
export async function describeLastMessage (publicUrl: string, source: MessageSource): Promise<string> {
  try {
    const { document } = await fetchJson(`${publicUrl}/readyz`, {}, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })
    const messages = valueAt(document, 'messages')
    const message: unknown = Array.isArray(messages) ? messages.find((candidate) => stringAt(candidate, 'source') === source) : undefined
    if (message === undefined) return ''
    const ageSeconds = valueAt(message, 'ageSeconds')
    return typeof ageSeconds === 'number' ? `; the last message came ${ageSeconds} s ago` : '; no message has come to the process that answers'
  } catch (error) {
    if (!(error instanceof FetchFailedError)) throw error
    return ''
  }
}

/** Whether anything answers there. Does not throw. */
export async function isListening (publicUrl: string): Promise<boolean> {
  try {
    const response = await sendRequest(`${publicUrl}/livez`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await response.body?.cancel()
    return true
  } catch (error) {
    return networkErrorCode(error) === undefined
  }
}
