import { LRUCache } from 'lru-cache'
import { InvalidTokenError } from '../../errors.js'
import { decodeSegment, splitCompactToken, type CompactToken } from '../../oauth/compact-token.js'
import { isToken68 } from '../../oauth/credentials.js'
import { deepFreezeWithoutPrototypes } from '../../oauth/frozen.js'
import type { IssuerKey } from '../../oauth/issuer-keys.js'
import { isSignedWith } from '../../oauth/jws-signature.js'
import { readKeyId, SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import type { VerifiedTokenCache } from './verified-token-cache.js'
import { checkClaimProfile, oneOf, receivedOf, type AccessTokenClaims } from './claim-profile.js'
import { toClaimsBeforeIntrospection, toIntrospectedClaims } from './introspected-claims.js'
import type { Issuer, LocalVerification, RemoteVerification } from './issuer.js'

/** An access token that was verified. */
export interface VerifiedAccessToken {
  readonly issuer: Issuer
  /** The key that it was verified with; `null` if it was introspected. */
  readonly key: IssuerKey | null
  readonly claims: Readonly<AccessTokenClaims>
  /** The thumbprint of the key that the token is bound to; `null` for a bearer token. */
  readonly thumbprint: string | null
  /** The token's `exp`, in milliseconds since the epoch. */
  readonly expiresAtMs: number
  /** Until when what was introspected may be reused, by the clock of `performance.now()`; Infinity if it was verified here. */
  readonly reusableUntil: number
}

interface AccessTokenVerifierOptions {
  readonly issuers: readonly Issuer[]
  readonly verifiedTokens: VerifiedTokenCache<VerifiedAccessToken>
  readonly maxTokenBytes: number
}

interface KnownHeader extends Pick<CompactToken, 'header'> {
  readonly kid: string
}

type LocalIssuer = Issuer & { readonly verification: LocalVerification }
type RemoteIssuer = Issuer & { readonly verification: RemoteVerification }

const ORG_ACCESS_TOKEN_TYPE = 'application/okta-internal-at+jwt'
const COMPACT = /^[^.]+\.[^.]+\.[^.]*$/
/** An issuer has a few keys, and its tokens as many headers. */
const MAX_KNOWN_HEADERS = 100

/**
 * Verifies access tokens: the fast path answers from memory and never waits, the slow path is everything else.
 *
 * Does NOT check a proof of possession, scopes, or the user.
 */
export class AccessTokenVerifier {
  readonly #issuers: ReadonlyMap<unknown, Issuer>
  readonly #origins: ReadonlySet<unknown>
  /** The issuer that is asked about tokens that are no JWT: the only one with introspection. Of two it cannot be told. */
  readonly #issuerOfOpaqueTokens: RemoteIssuer | undefined
  readonly #verifiedTokens: VerifiedTokenCache<VerifiedAccessToken>
  readonly #maxTokenBytes: number
  /** Headers of tokens that verified, by their exact text: most tokens have one of these, and it need not be read again. */
  readonly #knownHeaders = new LRUCache<string, KnownHeader>({ max: MAX_KNOWN_HEADERS })

  constructor ({ issuers, verifiedTokens, maxTokenBytes }: AccessTokenVerifierOptions) {
    const remoteIssuers = issuers.filter(isRemote)
    this.#issuers = new Map(issuers.map((issuer) => [issuer.policy.issuer, issuer]))
    this.#origins = new Set(issuers.map(({ policy }) => new URL(policy.issuer).origin))
    this.#issuerOfOpaqueTokens = remoteIssuers.length === 1 ? remoteIssuers[0] : undefined
    this.#verifiedTokens = verifiedTokens
    this.#maxTokenBytes = maxTokenBytes
  }

  /**
   * The token as it was verified before, if it has not expired and its key is still the issuer's, or what was introspected may
   * still be reused. Never waits.
   */
  fromMemory (accessToken: string): VerifiedAccessToken | undefined {
    const verified = this.#verifiedTokens.get(accessToken)
    if (verified === undefined) return undefined
    if (verified.key === null) return performance.now() < verified.reusableUntil ? verified : undefined
    const { keys } = verified.issuer.verification as LocalVerification
    return keys.getCached(verified.key.kid) === verified.key ? verified : undefined
  }

  /**
   * Verifies an access token without a look at those that were verified before, and keeps it until it expires. A token
   * of an issuer with introspection is not verified here: that issuer is asked.
   *
   * @param request its address is read if the token is introspected: callers at one address share what they may ask the
   *   introspection endpoint, since who they are is not known before it answers
   * @throws {InvalidTokenError}
   * @throws {IssuerUnavailableError}
   */
  async verify (accessToken: string, request?: { readonly ip: string }): Promise<VerifiedAccessToken> {
    // What is thrown before the first await rejects a promise that has no handler yet. Node records that, and takes it back
    // once the caller awaits it: 11 µs of the 80 that a forged token takes (Node 20).
    await Promise.resolve()
    if (accessToken.length > this.#maxTokenBytes) throw new InvalidTokenError('too_large', { expected: this.#maxTokenBytes })
    if (this.#issuerOfOpaqueTokens !== undefined && !COMPACT.test(accessToken)) {
      if (!isToken68(accessToken)) throw new InvalidTokenError('malformed')
      return await this.#introspect(accessToken, this.#issuerOfOpaqueTokens, request?.ip)
    }

    const segments = splitCompactToken(accessToken, this.#maxTokenBytes)
    const known = this.#knownHeaders.get(segments.header)
    const header = known?.header ?? decodeSegment(segments.header)
    const claims = decodeSegment(segments.claims)
    const issuer = this.#findIssuer(header, claims.iss)
    if (isRemote(issuer)) {
      checkClaimProfile(toClaimsBeforeIntrospection(claims), issuer.policy)
      return await this.#introspect(accessToken, issuer, request?.ip, claims)
    }

    const kid = known?.kid ?? readKeyId(header)
    // What the claims rule out is refused before a key is looked for, and before any cryptography.
    checkClaimProfile(claims, issuer.policy)
    const { keys, secondOpinion } = issuer.verification
    let key = keys.getCached(kid)
    if (key === undefined) {
      key = await keys.find(kid)
      // Once more: time has passed while the keys were fetched.
      checkClaimProfile(claims, issuer.policy)
    }
    if (key === undefined) throw new InvalidTokenError('unknown_key')
    if (!isSignedWith(key.publicKey, SIGNATURE_ALGORITHM, segments)) throw new InvalidTokenError('signature')
    if (secondOpinion !== null) await secondOpinion(accessToken, key, claims)
    if (known === undefined) this.#knownHeaders.set(segments.header, { header, kid })
    return this.#remember(accessToken, { issuer, key, claims, reuseMs: Infinity })
  }

  async #introspect (accessToken: string, issuer: RemoteIssuer, remoteAddress?: string, unverifiedClaims?: CompactToken['unverifiedClaims']): Promise<VerifiedAccessToken> {
    const { introspection, cacheTtlMs } = issuer.verification
    const introspected = await introspection.introspect(accessToken, remoteAddress)
    if (introspected === null) throw new InvalidTokenError('inactive')
    const claims = toIntrospectedClaims(introspected, unverifiedClaims)
    checkClaimProfile(claims, issuer.policy)
    return this.#remember(accessToken, { issuer, key: null, claims, reuseMs: cacheTtlMs })
  }

  /** The issuer that a token names; for any other, nothing is fetched. */
  #findIssuer (header: CompactToken['header'], iss: unknown): LocalIssuer | RemoteIssuer {
    const issuer = this.#issuers.get(iss) as LocalIssuer | RemoteIssuer | undefined
    if (issuer === undefined) {
      const reason = this.#origins.has(iss) ? 'org_access_token' : 'issuer'
      throw new InvalidTokenError(reason, { claim: 'iss', expected: oneOf([...this.#issuers.keys()] as string[]), ...receivedOf(iss) })
    }
    if (!isRemote(issuer) && header.typ === ORG_ACCESS_TOKEN_TYPE) throw new InvalidTokenError('org_access_token')
    return issuer
  }

  #remember (accessToken: string, found: Pick<VerifiedAccessToken, 'issuer' | 'key' | 'claims'> & { reuseMs: number }): VerifiedAccessToken {
    const { issuer, key, reuseMs } = found
    const claims = deepFreezeWithoutPrototypes(found.claims)
    const verified = {
      issuer,
      key,
      claims,
      thumbprint: claims.cnf?.jkt ?? null,
      expiresAtMs: claims.exp * 1000,
      reusableUntil: performance.now() + reuseMs
    }
    this.#verifiedTokens.set(accessToken, verified)
    return verified
  }
}

function isRemote (issuer: Issuer): issuer is RemoteIssuer {
  return 'introspection' in issuer.verification
}
