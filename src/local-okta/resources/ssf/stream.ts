import type { Entity } from '../../kernel/store.js'

/** CAEP's event for a user who has signed out. */
export const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
/** CAEP's event for a change of a password or a factor. */
export const CREDENTIAL_CHANGE = 'https://schemas.openid.net/secevent/caep/event-type/credential-change'
/** SSF's event by which a receiver checks its stream. */
export const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

/** The event types that Okta transmits. */
export const SUPPORTED_EVENTS: readonly string[] = [SESSION_REVOKED, CREDENTIAL_CHANGE]

/** Push delivery, by the name of RISC and by that of RFC 8935. */
export const DELIVERY_METHODS = ['https://schemas.openid.net/secevent/risc/delivery-method/push', 'urn:ietf:rfc:8935'] as const

/** Where a stream's events go. */
export interface StreamDelivery {
  readonly method: typeof DELIVERY_METHODS[number]
  readonly endpointUrl: string
  /** The value of `Authorization`, or null. No answer shows it. */
  readonly authorizationHeader: string | null
}

/** What a receiver decides about its stream. */
export interface StreamSettings {
  readonly eventsRequested: readonly string[]
  readonly delivery: StreamDelivery
}

/** A stream as the org keeps it. Its id begins with `esc`. */
export interface SsfStream extends StreamSettings, Entity {
  /** The app that made it. An app has one stream. */
  readonly clientId: string
  /** The `aud` of its events. */
  readonly audience: string
  /** Events of a disabled stream are lost. */
  readonly status: 'enabled' | 'disabled'
}
