import { InvalidTokenError } from '../../errors.js'
import { parseCompactToken, type CompactToken } from '../../oauth/compact-token.js'
import { freezeJson } from '../../oauth/frozen.js'
import type { IssuerKey } from '../../oauth/issuer-keys.js'
import { isSignedWith } from '../../oauth/jws-signature.js'
import { readKeyId, SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import type { VerifiedTokens } from './verified-tokens.js'
import { checkClaimProfile, type AccessTokenClaims } from './claim-profile.js'
import { isAccessToken, toIntrospectedClaims } from './introspected-claims.js'
import type { Issuer, LocalVerification, RemoteVerification } from './issuer.js'

/** The key to verify a token with, found before any cryptography. */
export interface VerificationKey {
  readonly issuer: Issuer & { readonly verification: LocalVerification }
  readonly key: IssuerKey
}

/** An access token that was found good. */
export interface VerifiedAccessToken {
  readonly issuer: Issuer
  /** The key that it was verified with; `null` where the authorization server was asked. */
  readonly key: IssuerKey | null
  readonly claims: Readonly<AccessTokenClaims>
  /** The thumbprint of the key that the token is bound to; `null` for a bearer token. */
  readonly thumbprint: string | null
  /** Until when it may be taken for good without another look: its `exp`, or earlier. */
  readonly expiresAtMs: number
}

export interface AccessTokenVerifierOptions {
  readonly issuers: readonly Issuer[]
  readonly verifiedTokens: VerifiedTokens<VerifiedAccessToken>
  readonly maxTokenBytes: number
}

type LocalIssuer = Issuer & { readonly verification: LocalVerification }
type RemoteIssuer = Issuer & { readonly verification: RemoteVerification }

const ORG_ACCESS_TOKEN_TYPE = 'application/okta-internal-at+jwt'
const COMPACT = /^[^.]+\.[^.]+\.[^.]*$/

/**
 * What surrounds the verification of a signature: before it, the choice of the one key that may have signed the
 * token; after it, the claims and the second opinion; around it, the tokens that were found good before. For
 * issuers that are asked instead, all of it.
 *
 * Does NOT verify signatures: @fastify/jwt does, on the request, with the key that {@link selectKey} returns.
 */
export class AccessTokenVerifier {
  readonly #issuers: ReadonlyMap<unknown, Issuer>
  readonly #origins: ReadonlySet<unknown>
  readonly #remoteIssuers: readonly RemoteIssuer[]
  readonly #verifiedTokens: VerifiedTokens<VerifiedAccessToken>
  readonly #maxTokenBytes: number

  constructor ({ issuers, verifiedTokens, maxTokenBytes }: AccessTokenVerifierOptions) {
    this.#issuers = new Map(issuers.map(issuer => [issuer.policy.issuer, issuer]))
    this.#origins = new Set(issuers.map(({ policy }) => new URL(policy.issuer).origin))
    this.#remoteIssuers = issuers.filter(isRemote)
    this.#verifiedTokens = verifiedTokens
    this.#maxTokenBytes = maxTokenBytes
  }

  /** The token as it was verified before, if it has not expired and its key is still the issuer's. Never waits. */
  fromMemory (accessToken: string): VerifiedAccessToken | undefined {
    const verified = this.#verifiedTokens.get(accessToken)
    if (verified === undefined || verified.key === null) return verified
    const { keys } = verified.issuer.verification as LocalVerification
    keys.renewIfDue()
    return keys.getCached(verified.key.kid) === verified.key ? verified : undefined
  }

  /**
   * Verifies an access token without a look at those that were verified before, and remembers it until it expires.
   * A token of an issuer with introspection is not verified here: that issuer is asked.
   *
   * Does NOT check a proof of possession, scopes, or the user.
   *
   * @param remoteAddress who presents the token, as far as that is known before it is verified: callers at one address
   *   share what they may ask the introspection endpoint
   * @throws {InvalidTokenError}
   * @throws {IssuerUnavailableError}
   */
  async verify (accessToken: string, remoteAddress = ''): Promise<VerifiedAccessToken> {
    const remote = this.findRemoteIssuer(accessToken)
    if (remote !== undefined) return await this.introspect(accessToken, remote, remoteAddress)

    const token = this.parse(accessToken)
    const issuer = this.#findLocalIssuer(token)
    const kid = readKeyId(token.header)
    // What the claims rule out is refused before a key is looked for.
    checkClaimProfile(token.unverifiedClaims, issuer.policy)

    const key = await issuer.verification.keys.find(kid)
    if (key === undefined) throw new InvalidTokenError('unknown_key')
    if (!isSignedWith(key.publicKey, SIGNATURE_ALGORITHM, accessToken)) throw new InvalidTokenError('signature')
    const claims = token.unverifiedClaims
    checkClaimProfile(claims, issuer.policy)
    await issuer.verification.secondOpinion?.(accessToken, key, claims)
    return this.#remember(accessToken, { issuer, key, claims, reuseMs: Infinity })
  }

  /** @throws {InvalidTokenError} */
  #findLocalIssuer ({ header, unverifiedClaims: { iss } }: CompactToken): LocalIssuer {
    const issuer = this.#issuers.get(iss)
    if (issuer === undefined || isRemote(issuer)) throw new InvalidTokenError(this.#origins.has(iss) ? 'org_access_token' : 'issuer')
    if (header.typ === ORG_ACCESS_TOKEN_TYPE) throw new InvalidTokenError('org_access_token')
    return issuer as LocalIssuer
  }

  /** Kept until the guards call {@link fromMemory}. */
  findVerified (accessToken: string): VerifiedAccessToken | undefined {
    return this.fromMemory(accessToken)
  }

  /**
   * The issuer to ask about a token: the one that the token names, if it is one that is asked; for a token that is no
   * JWT the only one that is asked, if there is one. `undefined`: the token is to be verified here.
   *
   * @throws {InvalidTokenError}
   */
  findRemoteIssuer (accessToken: string): RemoteIssuer | undefined {
    const [issuer, ...others] = this.#remoteIssuers
    if (issuer === undefined) return undefined
    if (accessToken.length > this.#maxTokenBytes) throw new InvalidTokenError('too_large')
    if (!COMPACT.test(accessToken)) return others.length === 0 ? issuer : undefined
    const { iss } = this.parse(accessToken).unverifiedClaims
    return this.#remoteIssuers.find(({ policy }) => policy.issuer === iss)
  }

  /**
   * Asks an issuer about a token, holds what it says against the policy, and remembers the token for a while.
   *
   * @throws {InvalidTokenError} `inactive`, or what is wrong with the answer
   * @throws {IssuerUnavailableError}
   */
  async introspect (accessToken: string, issuer: RemoteIssuer, remoteAddress = ''): Promise<VerifiedAccessToken> {
    const { introspection, cacheTtlMs } = issuer.verification
    const introspected = await introspection.introspect(accessToken, remoteAddress)
    if (introspected === null) throw new InvalidTokenError('inactive')
    if (!isAccessToken(introspected)) throw new InvalidTokenError('type')
    const claims = toIntrospectedClaims(introspected)
    checkClaimProfile(claims, issuer.policy)
    return this.#remember(accessToken, { issuer, key: null, claims, reuseMs: cacheTtlMs })
  }

  /** @throws {InvalidTokenError} `too_large` or `malformed` */
  parse (accessToken: string): CompactToken {
    return parseCompactToken(accessToken, this.#maxTokenBytes)
  }

  /**
   * Finds the key for a token, and refuses what can be refused without cryptography: a token that is not RS256,
   * of an unknown issuer (for which nothing is fetched), expired, or meant for somebody else.
   * Returns a promise only where the issuer's keys must be waited for.
   *
   * @throws {InvalidTokenError} (also as a rejection)
   * @throws {IssuerUnavailableError} (also as a rejection)
   */
  selectKey ({ header, unverifiedClaims }: CompactToken): VerificationKey | Promise<VerificationKey> {
    const local = this.#findLocalIssuer({ header, unverifiedClaims })
    const kid = readKeyId(header)
    checkClaimProfile(unverifiedClaims, local.policy)

    const key = local.verification.keys.getCached(kid)
    return key === undefined ? local.verification.keys.find(kid).then(found => demandKey(local, found)) : demandKey(local, key)
  }

  /**
   * Takes a token for good whose signature is verified, if its claims hold and the second opinion agrees; freezes
   * the claims, and remembers the token until it expires. Returns a promise only where there is a second opinion.
   *
   * @throws {InvalidTokenError} (also as a rejection)
   */
  accept (accessToken: string, { issuer, key }: VerificationKey, claims: Record<string, unknown>): VerifiedAccessToken | Promise<VerifiedAccessToken> {
    checkClaimProfile(claims, issuer.policy)
    const remember = (): VerifiedAccessToken => this.#remember(accessToken, { issuer, key, claims, reuseMs: Infinity })
    const { secondOpinion } = issuer.verification
    return secondOpinion === null ? remember() : secondOpinion(accessToken, key, claims).then(remember)
  }

  #remember (accessToken: string, found: Pick<VerifiedAccessToken, 'issuer' | 'key' | 'claims'> & { reuseMs: number }): VerifiedAccessToken {
    const { issuer, key, reuseMs } = found
    const claims = freezeJson(found.claims)
    const verified = {
      issuer,
      key,
      claims,
      thumbprint: claims.cnf?.jkt ?? null,
      expiresAtMs: Math.min(claims.exp * 1000, Date.now() + reuseMs)
    }
    this.#verifiedTokens.set(accessToken, verified)
    return verified
  }
}

function isRemote (issuer: Issuer): issuer is RemoteIssuer {
  return 'introspection' in issuer.verification
}

function demandKey (issuer: VerificationKey['issuer'], key: IssuerKey | undefined): VerificationKey {
  if (key === undefined) throw new InvalidTokenError('unknown_key')
  return { issuer, key }
}
