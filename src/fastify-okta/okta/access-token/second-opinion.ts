import { createPublicKey, type KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import OktaJwtVerifier from '@okta/jwt-verifier'
import { InvalidTokenError } from '../../errors.js'
import type { IssuerKey } from '../../oauth/issuer-keys.js'

export interface SecondOpinionOptions {
  readonly issuer: string
  readonly audiences: readonly string[]
  /** Called when the two implementations disagree; the token is refused. */
  readonly onDisagreement: () => void
}

/** Asks for the second opinion on a token that the first implementation has verified with this key. */
export type SecondOpinion = (accessToken: string, key: IssuerKey, claims: object) => Promise<void>

/**
 * A second, independent implementation (@okta/jwt-verifier: njwt) must agree before a token is taken for good, on the
 * signature as on what the token says: fast-jwt has had five CVEs, and one bug must not be enough.
 *
 * It gets the very key that the first one used, so it never fetches any. Two requests with one token ask once.
 *
 * @throws {InvalidTokenError} `verifiers_disagree` if it disagrees, `expired` if the token expired between the two
 */
export function createSecondOpinion ({ issuer, audiences, onDisagreement }: SecondOpinionOptions): SecondOpinion {
  const verifiers = new WeakMap<IssuerKey, OktaJwtVerifier>()
  const asked = new Map<string, Promise<void>>()

  function verifierFor (key: IssuerKey): OktaJwtVerifier {
    let verifier = verifiers.get(key)
    if (verifier === undefined) verifiers.set(key, verifier = createVerifier(issuer, key))
    return verifier
  }

  async function ask (verifier: OktaJwtVerifier, accessToken: string, claims: object): Promise<void> {
    try {
      const opinion = await verifier.verifyAccessToken(accessToken, [...audiences])
      if (isDeepStrictEqual(opinion.claims, claims)) return
    } catch (error) {
      if (error instanceof Error && error.message === 'Jwt is expired') throw new InvalidTokenError('expired')
    } finally {
      asked.delete(accessToken)
    }
    // What was thrown is not kept as the cause: njwt's errors hold the token.
    onDisagreement()
    throw new InvalidTokenError('verifiers_disagree')
  }

  return function secondOpinion (accessToken, key, claims) {
    let pending = asked.get(accessToken)
    if (pending === undefined) {
      pending = ask(verifierFor(key), accessToken, claims)
      asked.set(accessToken, pending)
    }
    return pending
  }
}

/**
 * One verifier for each key, since the library keeps keys by `kid` alone, for an hour. Its limit on key look-ups is
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
