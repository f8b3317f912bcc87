import fastifyJwt from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { InvalidTokenError, NotRegisteredError, type TokenFault } from '../errors.js'
import type { CompactToken } from '../oauth/compact-token.js'
import { checkToken68, readCredentials } from '../oauth/credentials.js'
import { SIGNATURE_ALGORITHM } from '../oauth/token-header.js'
import type { AccessTokenVerifier, VerificationKey, VerifiedAccessToken } from '../okta/access-token/access-token-verifier.js'
import { REQUIRED_CLAIMS } from '../okta/access-token/claim-profile.js'

/**
 * Verifies the token that a request brings, without a look at the tokens that were found good before. What can be refused
 * without cryptography is refused before @fastify/jwt gets to see it. Returns a promise only where something has to be
 * waited for.
 *
 * @throws {InvalidTokenError} (also as a rejection)
 * @throws {IssuerUnavailableError} (also as a rejection)
 */
export type VerifyOnRequest = (request: FastifyRequest, accessToken: string) => VerifiedAccessToken | Promise<VerifiedAccessToken>

export interface RequestVerificationOptions {
  readonly verifier: AccessTokenVerifier
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
}

/** A request carries its verification under this symbol while it is under way; most never have one, so it is no decorator. */
export const VERIFICATION = Symbol('fastify-okta.verification')

/** @internal */
export interface Verification {
  readonly accessToken: string
  readonly parsed: CompactToken
  /** Whether `request.jwtVerify()` is about to begin with it: any other call reads the header itself. */
  isPrepared: boolean
  selected: VerificationKey | null
  verified: VerifiedAccessToken | null
}

type Outcome = { readonly error: unknown } | { readonly verified: VerifiedAccessToken }

/** @fastify/jwt keeps a compiled verifier for each key text, for ever: no more than this many are given to it as text. */
const MAX_COMPILED_KEYS = 1000

/** @fastify/jwt's and fast-jwt's codes in our words; the claims are checked before, so most of them cannot occur. */
const FAULTS: Record<string, TokenFault> = {
  FST_JWT_AUTHORIZATION_TOKEN_EXPIRED: 'expired',
  FAST_JWT_INACTIVE: 'not_yet_valid',
  FST_JWT_AUTHORIZATION_TOKEN_INVALID: 'signature'
}

/**
 * Registers @fastify/jwt, so that `request.jwtVerify()` verifies Okta's access tokens and nothing else: the token comes
 * from the `Authorization` header, the key from the issuer, the algorithm is fixed, and no token is trusted before
 * its claims hold and the second opinion agrees.
 *
 * A host that has registered @fastify/jwt before, for tokens of its own, keeps `request.jwtVerify()`; ours is then
 * `request.oktaJwtVerify()`.
 */
export async function registerRequestVerification (fastify: FastifyInstance, options: RequestVerificationOptions): Promise<VerifyOnRequest> {
  const { verifier } = options
  const compiledKeys = new Set<string>()

  function toCompiledKey (pem: string): string | Buffer {
    if (compiledKeys.size < MAX_COMPILED_KEYS) compiledKeys.add(pem)
    return compiledKeys.has(pem) ? pem : Buffer.from(pem)
  }

  const isTaken = fastify.hasDecorator('jwt')
  await fastify.register(fastifyJwt, {
    ...(isTaken ? { namespace: 'okta' } : {}),
    decoratorName: 'claims',
    secret: { public: selectSecret as never },
    trusted: isTrusted,
    verify: {
      algorithms: [SIGNATURE_ALGORITHM],
      requiredClaims: [...REQUIRED_CLAIMS],
      allowedIss: [...options.issuers],
      allowedAud: [...options.audiences],
      cache: false,
      extractToken: request => {
        const prepared = request[VERIFICATION]
        if (prepared?.isPrepared === true) {
          prepared.isPrepared = false
          return prepared.accessToken
        }
        const credentials = readCredentials(request.headers.authorization, true)
        checkToken68(credentials)
        const { accessToken } = credentials
        request[VERIFICATION] = { accessToken, parsed: verifier.parse(accessToken), isPrepared: false, selected: null, verified: null }
        return accessToken
      }
    }
  })
  if (!fastify.hasRequestDecorator('claims')) fastify.decorateRequest('claims', null)
  const verify = isTaken ? 'oktaJwtVerify' : 'jwtVerify'

  return function verifyOnRequest (request, accessToken) {
    const parsed = verifier.parse(accessToken)
    const verifyWith = (selected: VerificationKey): VerifiedAccessToken | Promise<VerifiedAccessToken> =>
      verifyPrepared(request, { accessToken, parsed, isPrepared: true, selected, verified: null })
    const selected = verifier.selectKey(parsed)
    return selected instanceof Promise ? selected.then(verifyWith) : verifyWith(selected)
  }

  function verifyPrepared (request: FastifyRequest, prepared: Verification): VerifiedAccessToken | Promise<VerifiedAccessToken> {
    if (request.claims === undefined) throw new NotRegisteredError()
    request[VERIFICATION] = prepared
    let outcome: Outcome | undefined
    let settle = (settled: Outcome): void => { outcome = settled }
    const verifying = request as unknown as Record<typeof verify, (options: null, done: (error: unknown) => void) => void>
    // With a function it answers at once where it can, with a promise never; with options, were they empty, it would compile its verifier anew.
    verifying[verify](null, error => {
      // A good token is not all: the proof and the user are still to be seen to.
      request.claims = null
      request[VERIFICATION] = null
      settle(error ? { error: toTokenError(error) } : { verified: prepared.verified as VerifiedAccessToken })
    })
    if (outcome === undefined) {
      return new Promise((resolve, reject) => {
        settle = settled => {
          if ('error' in settled) reject(settled.error)
          else resolve(settled.verified)
        }
      })
    }
    if ('error' in outcome) throw outcome.error
    return outcome.verified
  }

  /** Answers at once where the key is in memory. */
  function selectSecret (request: FastifyRequest, _token: unknown, done: (error: unknown, key?: string | Buffer) => void): void {
    const verification = request[VERIFICATION] as Verification
    const use = (selected: VerificationKey): void => {
      verification.selected = selected
      done(null, toCompiledKey(selected.key.pem))
    }
    try {
      const selected = verification.selected ?? verifier.selectKey(verification.parsed)
      if (selected instanceof Promise) selected.then(use).catch(done)
      else use(selected)
    } catch (error) {
      done(error)
    }
  }

  /** Throws never: what it threw would be nobody's to catch. */
  function isTrusted (request: FastifyRequest, claims: unknown): true | Promise<true> {
    const verification = request[VERIFICATION] as Verification
    const { accessToken, selected } = verification
    const keep = (verified: VerifiedAccessToken): true => {
      verification.verified = verified
      return true
    }
    try {
      const verified = verifier.accept(accessToken, selected as VerificationKey, claims as Record<string, unknown>)
      return verified instanceof Promise ? verified.then(keep) : keep(verified)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** Puts a refusal of theirs into our words, and lets through whatever else there is: our own, and what should not be. */
function toTokenError (error: unknown): unknown {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^FA?ST_JWT_/.test(code) ? new InvalidTokenError(FAULTS[code] ?? 'malformed', { cause: error }) : error
}
