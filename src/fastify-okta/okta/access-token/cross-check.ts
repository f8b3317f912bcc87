import { createPublicKey, type KeyObject } from 'node:crypto'
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
const TIME_FAULTS: Readonly<Record<string, InvalidTokenReason>> = {
  'Jwt is expired': 'expired',
  'Jwt not active': 'not_yet_valid',
  ERR_JWT_EXPIRED: 'expired'
}

/**
 * Makes the cross-check: an independent verifier (@okta/jwt-verifier, with njwt) must accept the token as well and read the
 * same claims, before the token is accepted. One bug in one verifier is then not enough.
 *
 * It gets the very key that was used here, so it never fetches any. Two requests with one token at one time cause one check.
 *
 * @throws {InvalidTokenError} `verifiers_disagree`; `expired` or `not_yet_valid` if that has come between the two
 */
export function createCrossCheck ({ issuer, audiences, onDisagreement }: CrossCheckOptions): CrossCheck {
  const verifiers = new WeakMap<IssuerKey, OktaJwtVerifier>()
  const pendingChecks = new Map<string, Promise<void>>()

  function verifierFor (key: IssuerKey): OktaJwtVerifier {
    let verifier = verifiers.get(key)
    if (verifier === undefined) verifiers.set(key, verifier = createVerifier(issuer, key))
    return verifier
  }

  async function readClaims (accessToken: string, key: IssuerKey): Promise<object> {
    try {
      return (await verifierFor(key).verifyAccessToken(accessToken, [...audiences])).claims
    } catch (error) {
      // njwt sets members of frozen prototypes, and fails on a token with a claim or header parameter of their names
      // (toJSON, compact, constructor). Then jose is the other verifier.
      if (!(error instanceof TypeError)) throw error
      return (await jwtVerify(accessToken, key.publicKey, { algorithms: [SIGNATURE_ALGORITHM], issuer, audience: [...audiences] })).payload
    }
  }

  async function check (accessToken: string, key: IssuerKey, claims: object): Promise<void> {
    try {
      if (isDeepStrictEqual(await readClaims(accessToken, key), claims)) return
    } catch (error) {
      const { message, code = message } = error as { message: string, code?: string }
      const fault = TIME_FAULTS[code]
      if (fault !== undefined) throw new InvalidTokenError(fault)
    } finally {
      pendingChecks.delete(accessToken)
    }
    // What was thrown is not kept as the cause: njwt's errors hold the token.
    onDisagreement()
    throw new InvalidTokenError('verifiers_disagree')
  }

  return function crossCheck (accessToken, key, claims) {
    let pending = pendingChecks.get(accessToken)
    if (pending === undefined) {
      pending = check(accessToken, key, claims)
      pendingChecks.set(accessToken, pending)
    }
    return pending
  }
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
  keepKeyParsed(verifier)
  return Object.assign(verifier, { issuer })
}

type FindSigningKey<Key> = (kid: string, done: (error: Error | null, key?: { readonly publicKey: Key }) => void) => void

/**
 * The library finds a PEM, which Node would parse at every verification: that takes several times as long as to verify. It
 * is given the same key parsed once, and without waiting from the second time on. (`jwksClient` is none of its documented members; without it the PEM stays.)
 */
function keepKeyParsed (verifier: OktaJwtVerifier): void {
  const { jwksClient } = verifier as { jwksClient?: { getSigningKey: FindSigningKey<string | KeyObject> } }
  if (jwksClient === undefined) return
  const { getSigningKey } = jwksClient
  // One verifier has one key.
  let found: { readonly kid: string, readonly publicKey: KeyObject } | undefined
  jwksClient.getSigningKey = (kid, done) => {
    if (kid === found?.kid) return done(null, found)
    getSigningKey(kid, (error, key) => {
      if (key === undefined) return done(error)
      found = { kid, publicKey: createPublicKey(key.publicKey as string) }
      done(error, found)
    })
  }
}
