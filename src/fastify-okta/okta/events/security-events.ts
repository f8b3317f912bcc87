import { DirectoryUnavailableError } from '../../errors.js'
import { InvalidSecurityEventError } from '../../errors/messages.js'
import { isJsonObject, type JsonObject } from '../../oauth/json-object.js'
import { isTime } from '../access-token/claim-profile.js'
import { toSubject, type OktaOrg } from './okta-org.js'
import { createReceivedMessage, printable, type ReceivedMessage } from './received-message.js'
import { SharedSecret } from './shared-secret.js'
import { verifySignedMessage, type SignedMessage } from './signed-message.js'
import { isSameSubject, readSubjectIdentifier, type SubjectIdentifier } from './subject-identifier.js'
import type { UsedMessages } from './used-messages.js'

/** The events of Okta's transmitter after which a user's tokens can be refused. */
export const REVOKING_EVENTS = ['session-revoked', 'credential-change'] as const

/** One of {@link REVOKING_EVENTS}. */
export type RevokingEvent = typeof REVOKING_EVENTS[number]

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/'
const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification'
const TYPE = 'secevent+jwt'
const MAX_TOKEN_BYTES = 16_384
/** A token comes again soon or not at all, and later than this it would have no effect: no token lives longer at Okta. */
const REMEMBER_MS = 86_400_000
/** `event_timestamp` above this is in milliseconds, as in Okta's examples; CAEP 1.0 section 2 has seconds. */
const MAX_SECONDS = 1e11

interface SecurityEventsOptions {
  readonly orgs: readonly OktaOrg[]
  /** The expected `aud`: the one of the stream. */
  readonly audience: string
  /** The value of `Authorization` that the stream sends; `undefined`: any, or none. */
  readonly authorization: string | undefined
  readonly revokeOn: readonly RevokingEvent[]
  readonly usedMessages: UsedMessages
}

/** The one event of a token. */
interface SecurityEvent {
  readonly type: string
  readonly payload: JsonObject
  /** When it happened. */
  readonly at: Date
  /** Whom it is about; `null` if that cannot be told: in an unknown format, or nobody at all. */
  readonly subject: SubjectIdentifier | null
}

/**
 * Receives security event tokens (RFC 8417) that Okta's Shared Signals transmitter pushes (RFC 8935; okta-facts-2026 section
 * 3). An event of an unknown type, or about an unknown user, is accepted and has no effect.
 */
export class SecurityEvents {
  readonly #options: SecurityEventsOptions
  readonly #authorization: SharedSecret | null
  readonly #revokingTypes: ReadonlySet<string>

  constructor (options: SecurityEventsOptions) {
    this.#options = options
    this.#authorization = options.authorization === undefined ? null : new SharedSecret(options.authorization)
    this.#revokingTypes = new Set(options.revokeOn.map((name) => `${CAEP}${name}`))
  }

  /**
   * Compares what the stream authenticates with, in constant time. To be called before the body is read.
   *
   * @param authorization the values of the request's `Authorization` headers
   * @throws {InvalidSecurityEventError} `authorization`
   */
  authenticate (authorization: readonly string[]): void {
    if (this.#authorization?.isSent(authorization) === false) throw new InvalidSecurityEventError('authorization')
  }

  /**
   * Receives one token. One that came before is accepted again, without effect.
   *
   * @throws {InvalidSecurityEventError}
   * @throws {IssuerUnavailableError} the keys of the org cannot be fetched, and those in memory cannot tell
   * @throws {DirectoryUnavailableError} the subject is an address, and the directory cannot be asked: the token may come again
   */
  async receive (token: string): Promise<ReceivedMessage> {
    const { orgs, audience, usedMessages } = this.#options
    const message = await verifySignedMessage(token, {
      type: TYPE, audience, orgs, isPinned: false, maxBytes: MAX_TOKEN_BYTES, refuse: (...refusal) => new InvalidSecurityEventError(...refusal)
    })
    const event = readEvent(message)
    const id = { type: TYPE, issuer: message.issuer, jti: message.jti }
    if (!await usedMessages.use(id, Date.now() + REMEMBER_MS)) return received(event, 'repeated')
    try {
      return await this.#apply(event, message.org)
    } catch (error) {
      if (error instanceof DirectoryUnavailableError) await usedMessages.release(id)
      throw error
    }
  }

  async #apply (event: SecurityEvent, org: OktaOrg): Promise<ReceivedMessage> {
    if (event.type === VERIFICATION) return { ...received(event, 'verified'), state: printable(event.payload['state']) }
    const subject = event.subject === null ? null : toSubject(event.subject, org)
    if (subject === null || !this.#revokingTypes.has(event.type)) return received(event, 'none')
    const { userIds, isRaised } = await org.revocations.raise(subject, event.at)
    if (isRaised) return received(event, 'revoked', userIds)
    // Its watermark was as late already, or no token is as old.
    return received(event, userIds.length > 0 ? 'evicted' : 'none', userIds)
  }
}

function received ({ type, at }: SecurityEvent, effect: ReceivedMessage['effect'], uids: readonly string[] = []): ReceivedMessage {
  return createReceivedMessage({ source: 'security_events', type, effect, uids, at })
}

/** Okta puts one event into each token, and so does the interoperability profile of CAEP (section 2.3.5). */
function readEvent ({ claims, iat }: SignedMessage): SecurityEvent {
  const { events, sub_id: subject } = claims
  const [entry, ...more] = isJsonObject(events) ? Object.entries(events) : []
  if (entry === undefined || more.length > 0) throw new InvalidSecurityEventError('events', { claim: 'events' })
  const [type, payload] = entry
  if (!isJsonObject(payload)) throw new InvalidSecurityEventError('events', { claim: 'events' })
  return { type, payload, at: readTime(payload, iat), subject: readSubject(payload['subject'], subject) }
}

function readTime ({ event_timestamp: timestamp }: JsonObject, iat: number): Date {
  if (timestamp === undefined) return toDate(iat * 1000)
  if (!isTime(timestamp)) throw new InvalidSecurityEventError('claims', { claim: 'event_timestamp' })
  return toDate(timestamp > MAX_SECONDS ? timestamp : timestamp * 1000)
}

/** What no `Date` can hold is in the future, as far as anybody can tell: that counts as now. */
function toDate (ms: number): Date {
  return new Date(Math.min(ms, Date.now()))
}

/** Inside the event, as Okta has it, or at the top, as SSF 1.0 has it; if it is in both places, it must be the same. */
function readSubject (...places: readonly unknown[]): SubjectIdentifier | null {
  const [first = null, second = first] = places.filter((place) => place !== undefined).map(readSubjectIdentifier)
  if (first === 'malformed' || second === 'malformed' || !isSame(first, second)) throw new InvalidSecurityEventError('subject')
  return typeof first === 'string' ? null : first
}

function isSame (one: SubjectIdentifier | string | null, other: SubjectIdentifier | string | null): boolean {
  if (one === null || other === null || typeof one === 'string' || typeof other === 'string') return one === other
  return isSameSubject(one, other)
}
