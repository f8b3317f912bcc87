import { SUPPORTED_EVENTS } from './stream.js'
import type { SsfStream } from './stream.js'

/** A stream as the API shows it: without the authorization header. */
export function toStreamView (orgUrl: string, stream: SsfStream): Record<string, unknown> {
  const { id, audience, eventsRequested, delivery: { method, endpointUrl } } = stream
  return {
    stream_id: id,
    iss: orgUrl,
    aud: audience,
    events_supported: [...SUPPORTED_EVENTS],
    events_requested: [...eventsRequested],
    events_delivered: deliveredEvents(stream),
    delivery: { method, endpoint_url: endpointUrl },
    // 60 in Okta's schema, 0 in its example
    min_verification_interval: 0,
    format: 'iss_sub'
  }
}

/** The event types that a stream gets: those that it requests and Okta has. */
export function deliveredEvents ({ eventsRequested }: Pick<SsfStream, 'eventsRequested'>): string[] {
  return SUPPORTED_EVENTS.filter((type) => eventsRequested.includes(type))
}
