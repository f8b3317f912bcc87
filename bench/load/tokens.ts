import { randomBytes } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { claimsOf, KEY_ID } from '../okta/claims.js'
import type { TrafficName } from '../peers.js'
import { requestsOf, type Plan, type Requests } from '../plan.js'
import type { ServerProcess } from '../servers/server-process.js'
import { PATH } from '../servers/server.js'
import type { NextHeaders } from './pool.js'
import { createProofKey, PROOF_ALGORITHMS, signProof, type ProofAlgorithm, type ProofKey } from './proof-key.js'

const HOT_TOKENS = 20

interface BoundTokens extends ProofKey {
  readonly tokens: readonly string[]
}

/** What servers are told of the keys. */
export interface PublicKeys {
  readonly publicKeyPem: string
  readonly proofKeyPems: Readonly<Record<ProofAlgorithm, string>>
}

interface SignedTokens {
  readonly privateKey: CryptoKey
  readonly unbound: readonly string[]
  readonly bound: Readonly<Record<ProofAlgorithm, BoundTokens>>
}

/** The access tokens of a run, signed before it, and the credentials that are made of them. */
export class Tokens {
  readonly #signed: SignedTokens
  /** How many requests of each traffic a server was sent: it must not see a token again as a new one. */
  readonly #sent = new WeakMap<ServerProcess, Map<TrafficName, number>>()
  #proofs = 0

  static async sign (plan: Plan): Promise<{ tokens: Tokens, jwk: JWK, keys: PublicKeys }> {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const signAll = async (kind: keyof Requests, changes: object = {}): Promise<string[]> =>
      await Promise.all(Array.from({ length: requestsOf(plan, kind) + HOT_TOKENS }, async (_, n) => await signToken(claimsOf(n, { ...changes }), privateKey)))
    const bind = async (alg: ProofAlgorithm): Promise<BoundTokens> => {
      const key = await createProofKey(alg)
      return { ...key, tokens: await signAll('dpop', { cnf: { jkt: key.thumbprint } }) }
    }
    const bound = { ES256: await bind('ES256'), RS256: await bind('RS256') }
    const keys = { publicKeyPem: await exportSPKI(publicKey), proofKeyPems: { ES256: bound.ES256.pem, RS256: bound.RS256.pem } }
    return { tokens: new Tokens({ privateKey, bound, unbound: await signAll('cold') }), jwk: await exportJWK(publicKey), keys }
  }

  private constructor (signed: SignedTokens) {
    this.#signed = signed
  }

  /** The credentials of the next requests of this traffic to this server. */
  async headersFor (server: ServerProcess, traffic: TrafficName, requests: number): Promise<NextHeaders> {
    const first = this.#count(server, traffic, requests)
    const alg = PROOF_ALGORITHMS.find((alg) => traffic.startsWith(alg))
    let n = first
    if (alg === undefined) return () => bearer(this.#tokenOf(traffic, n++))
    const headers = await this.#prove(this.#signed.bound[alg], traffic.endsWith('hot'), first, requests)
    return () => headers[n++ - first] as string
  }

  /** Tokens that every verifier must refuse, by what is wrong with them. */
  async signBadTokens (): Promise<Record<string, string>> {
    const { privateKey } = this.#signed
    return {
      'an expired token': await signToken(claimsOf(0, { exp: Math.floor(Date.now() / 1000) - 60 }), privateKey),
      'a token for another audience': await signToken(claimsOf(0, { aud: 'api://other' }), privateKey),
      'a token of another issuer': await signToken(claimsOf(0, { iss: 'http://127.0.0.1:1/oauth2/default' }), privateKey),
      'a signature of another key': await signToken(claimsOf(0), (await generateKeyPair('RS256')).privateKey)
    }
  }

  /** Counts requests of a traffic to a server; returns how many there were before. */
  #count (server: ServerProcess, traffic: TrafficName, requests: number): number {
    const sent = this.#sent.get(server) ?? new Map<TrafficName, number>()
    this.#sent.set(server, sent)
    const before = sent.get(traffic) ?? 0
    sent.set(traffic, before + requests)
    return before
  }

  #tokenOf (traffic: TrafficName, n: number): string {
    const { unbound } = this.#signed
    const token = (i: number): string => unbound[i % unbound.length] as string
    switch (traffic) {
      case 'hot': return token(n % HOT_TOKENS)
      case 'forged': return withSignatureOf(token(n), token(n + 1))
      case 'unknown-kid': return withUnknownKey(token(n))
      default: return takeOnce(unbound, n)
    }
  }

  /** Signs the proofs before they are sent, since to sign one may take longer than the request. */
  async #prove (key: BoundTokens, isHot: boolean, first: number, requests: number): Promise<string[]> {
    return await Promise.all(Array.from({ length: requests }, async (_, i) => {
      const accessToken = isHot ? key.tokens[i % HOT_TOKENS] as string : takeOnce(key.tokens, first + i)
      const proof = await signProof(key, PATH, accessToken, `proof-${this.#proofs++}`)
      // As from a proxy, for a peer that reads its public URL from the request.
      return `Authorization: DPoP ${accessToken}\r\nDPoP: ${proof}\r\nX-Forwarded-Host: api.example.com\r\nX-Forwarded-Proto: https\r\n`
    }))
  }
}

async function signToken (claims: Record<string, unknown>, key: CryptoKey): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ kid: KEY_ID, alg: 'RS256' }).sign(key)
}

/** From the last on: the first ones are in the caches, after `hot`. */
function takeOnce (tokens: readonly string[], n: number): string {
  if (n >= tokens.length - HOT_TOKENS) throw new Error('more tokens were used than were signed')
  return tokens[tokens.length - 1 - n] as string
}

export function bearer (accessToken: string): string {
  return `Authorization: Bearer ${accessToken}\r\n`
}

function withSignatureOf (accessToken: string, other: string): string {
  return accessToken.slice(0, accessToken.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
}

function withUnknownKey (accessToken: string): string {
  const header = JSON.stringify({ kid: randomBytes(32).toString('base64url'), alg: 'RS256' })
  return Buffer.from(header).toString('base64url') + accessToken.slice(accessToken.indexOf('.'))
}
