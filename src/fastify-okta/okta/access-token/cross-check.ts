import type { KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import OktaJwtVerifier from '@okta/jwt-verifier'
import { jwtVerify } from 'jose'
import { InvalidTokenError, type InvalidTokenReason } from '../../errors.js'
import type { IssuerKey } from '../../oauth/issuer-keys.js'
import { SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'

interface CrossCheckOptions {
  readonly issuer: string
  readonly audiences: readonly string[]
  /** Called when the two verifiers disagree; the token is refused. */
  readonly onDisagreement: () => void
}

/** Cross-checks a token that was verified here with this key, and the claims that were read from it. */
export type CrossCheck = (accessToken: string, key: IssuerKey, claims: object) => Promise<void>

/** What the other verifier throws for a token that has expired, or is not valid yet, since it was verified here. */
const TIME_REASONS: Readonly<Record<string, InvalidTokenReason>> = {
  'Jwt is expired': 'expired',
  'Jwt not active': 'not_yet_valid',
  ERR_JWT_EXPIRED: 'expired'
}

/**
 * Makes the cross-check: an independent verifier (@okta/jwt-verifier, with njwt) must accept the token as well and read the
 * same claims, before the token is accepted. One bug in one verifier is then not enough.
 *
 * It gets the very key that was used here, so it never fetches any.
 *
 * @throws {InvalidTokenError} `verifiers_disagree`; `expired` or `not_yet_valid` if that has come between the two
 */
export function createCrossCheck ({ issuer, audiences, onDisagreement }: CrossCheckOptions): CrossCheck {
  const verifiers = new WeakMap<IssuerKey, OktaJwtVerifier>()
  const audience = [...audiences]

  function verifierFor (key: IssuerKey): OktaJwtVerifier {
    let verifier = verifiers.get(key)
    if (verifier === undefined) verifiers.set(key, verifier = createVerifier(issuer, key))
    return verifier
  }

  /** njwt fails on a token with a claim or header parameter named as a member of its frozen prototypes: toJSON, compact, constructor. */
  async function readClaimsWithJose (accessToken: string, key: IssuerKey): Promise<object> {
    const { payload } = await jwtVerify(accessToken, key.publicKey, { algorithms: [SIGNATURE_ALGORITHM], issuer, audience })
    return payload
  }

  return async function crossCheck (accessToken, key, claims) {
    const verifier = verifierFor(key)
    let readClaims: object | undefined
    try {
      readClaims = (await verifier.verifyAccessToken(accessToken, audience)).claims
    } catch (error) {
      if (!(error instanceof TypeError)) refuseForTime(error)
      else readClaims = await readClaimsWithJose(accessToken, key).catch(refuseForTime)
    }
    if (isDeepStrictEqual(readClaims, claims)) return
    // What was thrown is not kept as the cause: njwt's errors hold the token.
    onDisagreement()
    throw new InvalidTokenError('verifiers_disagree')
  }
}

/** @throws {InvalidTokenError} `expired` or `not_yet_valid`; any other error is a disagreement, and nothing is thrown */
function refuseForTime (error: unknown): undefined {
  const { message, code = message } = error as { message: string, code?: string }
  const reason = TIME_REASONS[code]
  if (reason !== undefined) throw new InvalidTokenError(reason)
}

/**
 * One verifier for each key, since the library keeps keys by `kid` alone, for an hour. Its limit on key lookups is
 * lifted: they read memory.
 *
 * The library takes https issuers only, or prints a warning at each construction. Which issuers may be plain http is
 * decided in the options (loopback only); so it is given the https form, and then the issuer as it is to be compared.
 */
function createVerifier (issuer: string, key: IssuerKey): OktaJwtVerifier {
  const verifier = new OktaJwtVerifier({
    issuer: issuer.replace(/^http:/, 'https:'),
    jwksRequestsPerMinute: 1e9,
    getKeysInterceptor: async () => [key.jwk]
  })
  answerAtOnce(verifier, key)
  return Object.assign(verifier, { issuer })
}

type KeyResolver<Jwt> = (kid: unknown, done: (error: Error | null, key?: KeyObject) => Jwt) => Jwt

/** Members of the library that are not documented. */
interface Internals<Jwt extends { readonly body: object }> {
  /** njwt's verifier of signatures and times: it throws or answers at once if it is given no callback. */
  readonly verifier?: { withKeyResolver (findKey: KeyResolver<Jwt>): void, verify (accessToken: string): Jwt }
  verifyAsPromise (accessToken: string): Promise<{ readonly claims: object }>
}

/**
 * The library looks the key up for each token, as a PEM that Node parses anew, which takes several times as long as to
 * verify; and it waits for njwt by a callback. Here njwt has the key as it was imported, and is called without a callback:
 * 45 µs a token rather than 53, of which RSA takes 28 (Node 20). A version without these members is only slower.
 */
function answerAtOnce (verifier: OktaJwtVerifier, { kid, publicKey }: IssuerKey): void {
  const internals = verifier as unknown as Internals<{ readonly body: object }>
  const { verifier: njwt } = internals
  if (njwt === undefined) return
  njwt.withKeyResolver((wanted, done) => wanted === kid ? done(null, publicKey) : done(new Error('another key is wanted')))
  internals.verifyAsPromise = async (accessToken) => ({ claims: { ...njwt.verify(accessToken).body } })
}
