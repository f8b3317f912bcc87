import { InvalidTokenError } from '../../errors.js'
import type { InvalidMessageDetails, InvalidMessageReason } from '../../errors/messages.js'
import { parseCompactToken, type CompactToken } from '../../oauth/compact-token.js'
import type { JsonObject } from '../../oauth/json-object.js'
import { isSignedWith } from '../../oauth/jws-signature.js'
import { KEY_ID, REFUSED_PARAMETERS, SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import { isTime, receivedOf } from '../access-token/claim-profile.js'
import type { OktaOrg } from './okta-org.js'

interface SignedMessageOptions {
  /** The media type that the header's `typ` must name, without `application/`. */
  readonly type: string
  /** Expected `aud`, and the only one. */
  readonly audience: string
  readonly orgs: readonly OktaOrg[]
  /** Whether a key that only the client has is accepted. */
  readonly isPinned: boolean
  /** Longer messages are refused unread, in bytes. */
  readonly maxBytes: number
  /** Makes the error of a refusal. */
  readonly refuse: (reason: InvalidMessageReason, details?: InvalidMessageDetails) => Error
}

/** A message that one of the orgs has signed for this receiver. */
export interface SignedMessage {
  readonly org: OktaOrg
  readonly issuer: string
  readonly jti: string
  /** Seconds since the epoch. */
  readonly iat: number
  readonly claims: JsonObject
}

const MAX_JTI_LENGTH = 512
/** Header parameters that bring a key with them: the keys come from the org. */
const KEY_PARAMETERS = ['jwk', 'jku', 'x5c', 'x5u']

/**
 * Verifies a JWT that Okta sends, and that is neither an access token nor an ID token: its `typ` must be the one that is
 * expected (RFC 8725 section 3.11), `alg` RS256, `iss` and `aud` exact, and the signature that of a key of the org. What can
 * be refused without a key is refused before one is looked for, so a forged message causes no request.
 *
 * Does NOT check `exp`, `nbf`, `sub`, nor whether the message was used before.
 *
 * @throws what `refuse` makes
 * @throws {IssuerUnavailableError} the keys of the org cannot be fetched, and those in memory cannot tell
 */
export async function verifySignedMessage (token: string, options: SignedMessageOptions): Promise<SignedMessage> {
  const { orgs, audience, isPinned, refuse } = options
  const parsed = parse(token, options)
  const { header, unverifiedClaims: claims } = parsed
  const kid = readKeyId(header, options)
  const { iss, aud, jti, iat } = claims
  const org = typeof iss === 'string' ? orgs.find(({ issuers }) => issuers.has(iss)) : undefined
  if (org === undefined) throw refuse('issuer', { claim: 'iss', expected: orgs.flatMap(({ issuers }) => [...issuers]), ...receivedOf(iss) })
  if (!isAudience(aud, audience)) throw refuse('audience', { claim: 'aud', expected: audience, ...receivedOf(aud) })
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) throw refuse('claims', { claim: 'jti' })
  if (!isTime(iat)) throw refuse('claims', { claim: 'iat' })

  const key = await org.keys.find(kid, { isPinned })
  if (key === undefined) throw refuse('unknown_key')
  if (!isSignedWith(key.publicKey, SIGNATURE_ALGORITHM, parsed)) throw refuse('signature')
  return { org, issuer: iss as string, jti, iat, claims }
}

function parse (token: string, { maxBytes, refuse }: SignedMessageOptions): CompactToken {
  try {
    return parseCompactToken(token, maxBytes)
  } catch (error) {
    throw refuse(error instanceof InvalidTokenError && error.reason === 'too_large' ? 'too_large' : 'malformed')
  }
}

/** The id of the key, of a header that may be signed (RFC 8725 sections 3.1, 3.2, 3.11). */
function readKeyId (header: JsonObject, { type, refuse }: SignedMessageOptions): string {
  const { typ, alg, kid } = header
  if (alg !== SIGNATURE_ALGORITHM) throw refuse('algorithm')
  if (!isType(typ, type)) throw refuse('type', { claim: 'typ', expected: type })
  if (KEY_PARAMETERS.some((parameter) => Object.hasOwn(header, parameter))) throw refuse('key')
  if (REFUSED_PARAMETERS.some((parameter) => Object.hasOwn(header, parameter))) throw refuse('malformed')
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) throw refuse('unknown_key')
  return kid
}

/** RFC 7515 section 4.1.9: a media type, in any letter case, and `application/` may be left out. */
function isType (typ: unknown, expected: string): boolean {
  return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === expected
}

/** For this receiver alone: what is for others too, they could send here. */
function isAudience (aud: unknown, expected: string): boolean {
  return aud === expected || (Array.isArray(aud) && aud.length === 1 && aud[0] === expected)
}
