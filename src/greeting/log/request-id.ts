import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/
/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace id, parent id, flags; later versions may add more. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/

/** The `X-Request-Id` of a request if it is up to 128 visible ASCII characters; otherwise a new one. */
export function readRequestId ({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** The trace that a request belongs to, by its `traceparent`; `undefined` if it names none. */
export function readTraceId ({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined
}
