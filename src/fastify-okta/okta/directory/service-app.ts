import { createECDH, createHash, createPrivateKey, randomUUID, type KeyObject } from 'node:crypto'
import { SignJWT, type JWK } from 'jose'
import { createClientAuthentication, type ClientAuthentication } from '../../oauth/client-authentication.js'
import { networkErrorCode, readBody, sendRequest } from '../../oauth/network.js'
import { createTimeoutSignal } from '../../oauth/timeout.js'
import { DirectoryFailure } from './directory-failure.js'
import type { ApiCredentials, OktaRequest } from './okta-http.js'
import { readRateLimitWaitMs } from './rate-limit.js'

interface ServiceAppOptions {
  readonly orgUrl: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly privateKey: string | Readonly<Record<string, unknown>>
  readonly keyId?: string | undefined
  /** For a request for an access token, in milliseconds. */
  readonly timeoutMs: number
}

interface ServiceToken {
  readonly accessToken: string
  /** Whether it is bound to the key of the proofs (RFC 9449). */
  readonly isBound: boolean
  /** By the clock of `performance.now()`. */
  readonly renewAt: number
}

interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly members: Readonly<Record<string, unknown>>
}

const MAX_RESPONSE_BYTES = 256 * 1024
const MAX_NONCES = 3
/** The part of its lifetime after which an access token is renewed. */
const RENEW_AFTER = 0.9
const DEFAULT_LIFETIME_SECONDS = 3600
/** An error code of OAuth. Anything else may be an echo of what was sent. */
const ERROR_CODE = /^[a-z_]{1,40}$/

/**
 * The access token of a service app (RFC 6749 section 4.4, RFC 7523), kept until shortly before it expires. One request for
 * it is under way at a time. Each brings a DPoP proof, since Okta's service apps may require one; whether the token is bound
 * is Okta's decision.
 */
export class ServiceAppCredentials implements ApiCredentials {
  readonly name = 'service app'
  readonly #options: ServiceAppOptions
  readonly #tokenUrl: string
  readonly #authenticateClient: () => Promise<ClientAuthentication>
  readonly #proofKey = createProofKey()
  #token: ServiceToken | undefined
  #requested: Promise<ServiceToken> | undefined

  /** @throws {TypeError} the private key cannot be read */
  constructor (options: ServiceAppOptions) {
    const { orgUrl, clientId, privateKey, keyId } = options
    this.#options = options
    this.#tokenUrl = `${orgUrl}/oauth2/v1/token`
    this.#authenticateClient = createClientAuthentication({ clientId, privateKey, ...(keyId === undefined ? {} : { keyId }) }, this.#tokenUrl)
  }

  async headersFor ({ method, url }: OktaRequest): Promise<Readonly<Record<string, string>>> {
    const { accessToken, isBound } = await this.#getToken()
    if (!isBound) return { authorization: `Bearer ${accessToken}` }
    const ath = createHash('sha256').update(accessToken).digest('base64url')
    return { authorization: `DPoP ${accessToken}`, dpop: await this.#prove({ htm: method, htu: url.split(/[?#]/)[0], ath }) }
  }

  renew ({ authorization }: Readonly<Record<string, string>>): boolean {
    if (this.#token !== undefined && authorization?.endsWith(` ${this.#token.accessToken}`)) this.#token = undefined
    return true
  }

  async #getToken (): Promise<ServiceToken> {
    if (this.#token !== undefined && performance.now() < this.#token.renewAt) return this.#token
    this.#requested ??= this.#requestToken().finally(() => { this.#requested = undefined })
    this.#token = await this.#requested
    return this.#token
  }

  async #requestToken (): Promise<ServiceToken> {
    let nonce: string | undefined
    for (let nonces = 0; ; nonces++) {
      const answer = await this.#exchange(nonce)
      if (answer.status === 200) return toServiceToken(answer)
      nonce = answer.members['error'] === 'use_dpop_nonce' ? answer.headers.get('dpop-nonce') ?? undefined : undefined
      if (nonce === undefined || nonces === MAX_NONCES) throw toFailure(answer)
    }
  }

  async #exchange (nonce: string | undefined): Promise<TokenAnswer> {
    const { signal, cancel } = createTimeoutSignal(this.#options.timeoutMs)
    try {
      const { parameters } = await this.#authenticateClient()
      const dpop = await this.#prove({ htm: 'POST', htu: this.#tokenUrl, ...(nonce === undefined ? {} : { nonce }) })
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: this.#options.scopes.join(' '), ...parameters })
      const response = await sendRequest(this.#tokenUrl, { method: 'POST', headers: { accept: 'application/json', dpop }, body, signal })
      const bytes = await readBody(response, MAX_RESPONSE_BYTES)
      return { status: response.status, headers: response.headers as Headers, members: readMembers(bytes) }
    } catch (error) {
      throw new DirectoryFailure('Okta\'s token endpoint could not be reached', { reason: 'unavailable', isOutage: true, code: networkErrorCode(error) })
    } finally {
      cancel()
    }
  }

  async #prove (claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { publicJwk, privateKey } = this.#proofKey
    return await new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk })
      .setIssuedAt()
      .sign(privateKey)
  }
}

/** By ECDH's functions, since in Node 20 a generated key that is exported at once may never be. */
function createProofKey (): { readonly publicJwk: JWK, readonly privateKey: KeyObject } {
  const pair = createECDH('prime256v1')
  const point = pair.generateKeys()
  const publicJwk = { kty: 'EC', crv: 'P-256', x: point.toString('base64url', 1, 33), y: point.toString('base64url', 33) }
  // The private key comes without leading zeros.
  const d = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32).toString('base64url')
  return { publicJwk, privateKey: createPrivateKey({ key: { ...publicJwk, d }, format: 'jwk' }) }
}

function toServiceToken (answer: TokenAnswer): ServiceToken {
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn } = answer.members
  // Anything else cannot be sent in a header.
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) throw toFailure(answer)
  const lifetimeSeconds = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : DEFAULT_LIFETIME_SECONDS
  const isBound = typeof tokenType === 'string' && tokenType.toLowerCase() === 'dpop'
  return { accessToken, isBound, renewAt: performance.now() + lifetimeSeconds * 1000 * RENEW_AFTER }
}

function toFailure ({ status, headers, members }: TokenAnswer): DirectoryFailure {
  const { error, errorCode } = members
  const code = [error, errorCode].find((value) => typeof value === 'string' && (ERROR_CODE.test(value) || /^E\d{7}$/.test(value))) as string | undefined
  const facts = { status, errorCode: code, isOutage: true }
  if (status === 429) {
    return new DirectoryFailure('Okta\'s rate limit for access tokens is exceeded', { ...facts, reason: 'rate_limited', waitMs: readRateLimitWaitMs(headers) })
  }
  const seen = `${status} ${code ?? 'without an error code'}`
  if (code !== undefined && (status === 400 || status === 401 || status === 403)) {
    return new DirectoryFailure(`Okta refuses the service app an access token (${seen})`, { ...facts, reason: 'refused' })
  }
  return new DirectoryFailure(`Okta's token endpoint answered ${seen}`, { ...facts, reason: 'unavailable' })
}

function readMembers (bytes: Buffer | undefined): Readonly<Record<string, unknown>> {
  try {
    const members: unknown = JSON.parse(bytes?.toString('utf8') ?? '')
    return typeof members === 'object' && members !== null ? members as Record<string, unknown> : {}
  } catch {
    return {}
  }
}
