import { DirectoryUnavailableError } from '../../errors.js'
import { InvalidLogoutRequestError, InvalidLogoutTokenError, UnknownSubjectError } from '../../errors/messages.js'
import { parseJsonObject } from '../../oauth/json-object.js'
import { isTime } from '../access-token/claim-profile.js'
import type { Subject } from '../revocations/subject.js'
import { toSubject, type OktaOrg } from './okta-org.js'
import { createReceivedMessage, type ReceivedMessage } from './received-message.js'
import { verifySignedMessage, type SignedMessage } from './signed-message.js'
import { readSubjectIdentifier, type SubjectIdentifier } from './subject-identifier.js'
import type { MessageId, UsedMessages } from './used-messages.js'

const TYPE = 'global-token-revocation+jwt'
const MAX_TOKEN_BYTES = 16_384
/** Okta's live for five minutes. An id must be kept for as long as its token is accepted. */
const MAX_LIFETIME_SECONDS = 3600
const BEARER = /^Bearer +([A-Za-z0-9._-]+)$/i

interface UniversalLogoutOptions {
  readonly orgs: readonly OktaOrg[]
  /** The app whose Universal Logout points here: the expected `sub` of credentials. */
  readonly clientId: string
  /** The URL of the endpoint: the expected `aud`. */
  readonly audience: string
  readonly usedMessages: UsedMessages
  readonly clockToleranceSeconds: number
}

/** The credential of one request. */
export interface LogoutCredential {
  readonly org: OktaOrg
  readonly id: MessageId
  readonly issuedAt: Date
}

/**
 * Universal Logout: Okta asks to end everything that a user has here (draft-parecki-oauth-global-token-revocation-04;
 * okta-facts-2026 section 2).
 */
export class UniversalLogout {
  readonly #options: UniversalLogoutOptions

  constructor (options: UniversalLogoutOptions) {
    this.#options = options
  }

  /**
   * Checks the credential of a request, and uses it up: it does not say whom the request is about, so with the same credential
   * somebody else could be signed out. To be called before the body is read.
   *
   * @param authorization the values of the request's `Authorization` headers
   * @throws {InvalidLogoutTokenError}
   * @throws {IssuerUnavailableError} the keys of the org cannot be fetched, and those in memory cannot tell
   */
  async authenticate (authorization: readonly string[]): Promise<LogoutCredential> {
    const { orgs, audience, usedMessages } = this.#options
    const [value, ...more] = authorization
    if (value === undefined) throw new InvalidLogoutTokenError('missing')
    const [, token] = more.length > 0 ? [] : BEARER.exec(value) ?? []
    if (token === undefined) throw new InvalidLogoutTokenError('malformed')
    const message = await verifySignedMessage(token, {
      type: TYPE, audience, orgs, isPinned: true, maxBytes: MAX_TOKEN_BYTES, refuse: (...refusal) => new InvalidLogoutTokenError(...refusal)
    })
    const expiresAtMs = this.#checkClaims(message)
    const id = { type: TYPE, issuer: message.issuer, jti: message.jti }
    if (!await usedMessages.use(id, expiresAtMs)) throw new InvalidLogoutTokenError('replayed', { claim: 'jti' })
    return { org: message.org, id, issuedAt: new Date(message.iat * 1000) }
  }

  /**
   * Ends what the subject of the body has: all tokens that were issued until now are refused. If the directory is needed and
   * cannot be asked, the credential may be used again.
   *
   * @param body the bytes of the JSON
   * @throws {InvalidLogoutRequestError} the body is malformed, or its subject is in an unknown format
   * @throws {UnknownSubjectError} the subject is of another issuer, or no user is known by it
   * @throws {DirectoryUnavailableError}
   */
  async logOut ({ org, id, issuedAt }: LogoutCredential, body: Uint8Array): Promise<ReceivedMessage> {
    const identifier = readBody(body)
    const subject = toSubject(identifier, org)
    if (subject === null) throw new UnknownSubjectError()
    try {
      const { userIds, isUnknown } = await org.revocations.raise(subject, new Date())
      if (isUnknown || !await isKnown(subject, org)) throw new UnknownSubjectError()
      return createReceivedMessage({ source: 'universal_logout', type: 'global_token_revocation', effect: 'revoked', uids: userIds, at: issuedAt })
    } catch (error) {
      if (error instanceof DirectoryUnavailableError) await this.#options.usedMessages.release(id)
      throw error
    }
  }

  /** Returns until when the credential is accepted, in milliseconds since the epoch. */
  #checkClaims ({ claims: { sub, exp, nbf }, iat }: SignedMessage): number {
    const { clientId, clockToleranceSeconds: tolerance } = this.#options
    const now = Date.now() / 1000
    if (sub !== clientId) throw new InvalidLogoutTokenError('client', { claim: 'sub', expected: clientId })
    if (!isTime(exp)) throw new InvalidLogoutTokenError('claims', { claim: 'exp' })
    if (nbf !== undefined && !isTime(nbf)) throw new InvalidLogoutTokenError('claims', { claim: 'nbf' })
    if (exp + tolerance <= now) throw new InvalidLogoutTokenError('expired', { claim: 'exp' })
    if (nbf !== undefined && nbf - tolerance > now) throw new InvalidLogoutTokenError('not_yet_valid', { claim: 'nbf' })
    if (iat - tolerance > now) throw new InvalidLogoutTokenError('not_yet_valid', { claim: 'iat', expected: tolerance })
    if (exp - iat > MAX_LIFETIME_SECONDS) throw new InvalidLogoutTokenError('lifetime', { claim: 'exp', expected: MAX_LIFETIME_SECONDS })
    return (exp + tolerance) * 1000
  }
}

/** `{"sub_id":{...}}` and nothing else: what has a member that is not known here may mean something else. */
function readBody (body: Uint8Array): SubjectIdentifier {
  const { sub_id: subject, ...more } = parseJsonObject(Buffer.from(body)) ?? {}
  if (subject === undefined || Object.keys(more).length > 0) throw new InvalidLogoutRequestError('the body must be a JSON object with sub_id alone')
  const identifier = readSubjectIdentifier(subject)
  if (identifier === 'unknown_format') throw new InvalidLogoutRequestError('sub_id must have the format iss_sub, email or opaque')
  if (identifier === 'malformed') throw new InvalidLogoutRequestError('sub_id must have the members of its format, and no others')
  return identifier
}

/**
 * Whether the directory has a user of this id. The tokens of an id are refused without it, so where it cannot be asked, the
 * user counts as known.
 */
async function isKnown (subject: Subject, { directory }: OktaOrg): Promise<boolean> {
  if (directory === null || !('uid' in subject)) return true
  try {
    return await directory.read(subject.uid) !== null
  } catch (error) {
    if (error instanceof DirectoryUnavailableError) return true
    throw error
  }
}
