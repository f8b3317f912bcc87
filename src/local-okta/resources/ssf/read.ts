import { validateHeaderValue } from 'node:http'
import { readDescription } from '../../description/description.js'
import { validate } from '../../description/validate.js'
import { invalid } from '../../kernel/errors.js'
import { isObject, readMember, readObject, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { isReceiverUrl } from '../../kernel/receiver.js'
import type { SsfStream, StreamDelivery, StreamSettings } from './stream.js'
import { toStreamView } from './view.js'

/** What Okta decides: sent back, it must be what it is. */
const READ_ONLY = ['stream_id', 'iss', 'aud', 'events_supported', 'events_delivered', 'min_verification_interval']

/**
 * Reads the settings of a stream. The authorization header, which no answer shows, stays as it is if it is left out, and
 * is removed by null; whether Okta keeps it is unconfirmed.
 *
 * @throws {OktaApiError} 400 E0000001, E0000003
 */
export function readStream (body: unknown, stored?: SsfStream): StreamSettings {
  const json = readObject(body)
  const [issue] = validate(schemaOf('createSsfStream'), json)
  if (issue) throw invalid(issue.field, issue.cause)
  const eventsRequested = readTexts(json, 'events_requested')
  if (!eventsRequested.every((uri) => URL.canParse(uri))) throw invalid('events_requested', 'must be URIs')
  return { eventsRequested: [...new Set(eventsRequested)], delivery: readDelivery(readMember(json, 'delivery'), stored) }
}

/** Reads a replacement of a stream. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readReplacement (orgUrl: string, body: unknown, stored: SsfStream): StreamSettings {
  requireUnchanged(readObject(body), toStreamView(orgUrl, stored))
  return readStream(body, stored)
}

/** Reads a change of a stream: what is left out stays. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readChange (orgUrl: string, body: unknown, stored: SsfStream): StreamSettings {
  const [json, view] = [readObject(body), toStreamView(orgUrl, stored)]
  requireUnchanged(json, view)
  const delivery = { ...readMember(view, 'delivery'), ...readMember(json, 'delivery') }
  return readStream({ ...view, ...json, delivery }, stored)
}

/** Reads a request for a verification event. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readVerification (body: unknown): { streamId: string, state: string | undefined } {
  const json = readObject(body)
  const [issue] = validate(schemaOf('verifySsfStream'), json)
  if (issue) throw invalid(issue.field, issue.cause)
  const { state } = json
  return { streamId: readText(json, 'stream_id'), state: typeof state === 'string' ? state : undefined }
}

/** The stream that a body names. Undefined: the client's own. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readStreamId (body: unknown): string | undefined {
  const { stream_id: id } = readObject(body)
  if (id === undefined || id === null) return undefined
  return readText({ stream_id: id }, 'stream_id')
}

function readDelivery (delivery: Json, stored?: SsfStream): StreamDelivery {
  const endpointUrl = readText(delivery, 'endpoint_url')
  if (!isReceiverUrl(endpointUrl)) throw invalid('delivery.endpoint_url', 'must be https, or http on the loopback')
  return {
    method: readText(delivery, 'method') as StreamDelivery['method'],
    endpointUrl,
    authorizationHeader: readAuthorizationHeader(delivery, stored)
  }
}

function readAuthorizationHeader ({ authorization_header: header }: Json, stored?: SsfStream): string | null {
  if (header === undefined) return stored?.delivery.authorizationHeader ?? null
  if (typeof header !== 'string') return null
  try {
    validateHeaderValue('authorization', header)
  } catch {
    throw invalid('delivery.authorization_header', 'must be what an HTTP header can hold')
  }
  return header
}

function requireUnchanged (json: Json, view: Json): void {
  for (const name of READ_ONLY) {
    const [given, shown] = [json[name], view[name]]
    // an audience may be an array as well
    if (given !== undefined && given !== null && !isSame(given, shown) && !isSame(given, [shown])) throw invalid(name, 'The field is read-only')
  }
  if (json['delivery'] !== undefined && !isObject(json['delivery'])) throw invalid('delivery', 'must be of type object')
}

function isSame (a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function schemaOf (operationId: string): NonNullable<ReturnType<typeof readDescription>['operations'][number]['body']> {
  return readDescription().operations.find(({ id }) => id === operationId)?.body ?? {}
}
