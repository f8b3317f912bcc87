import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { HOT_TOKENS, type Traffic } from '../peers.js'
import { answerCalls } from '../processes/answer-calls.js'
import { openPool, saturate, sendAtRate, type Latencies, type LoadOptions, type NextHeaders, type Pool, type Throughput } from './load.js'
import { claimsOf, createProofKey, signProof, signToken, type ProofKey } from './tokens.js'

/** What the requests of a load carry: a kind of traffic, or these tokens in turn. */
export interface Load extends LoadOptions {
  readonly traffic: Traffic | readonly string[]
}

/** A load that takes so long, at so many requests a second. */
export interface RatedLoad extends Load {
  readonly rate: number
  readonly durationMs: number
}

/** What servers are told of the keys. */
export interface PublicKeys {
  readonly publicKeyPem: string
  readonly proofKeyPems: Readonly<Record<string, string>>
}

const PROOF_URL = 'https://api.example.com/resource'
const issuerKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const proofKeys = { ES256: createProofKey('ES256'), RS256: createProofKey('RS256') }
let tokens: string[] = []
const boundTokens: Record<ProofKey['alg'], string[]> = { ES256: [], RS256: [] }
/** By server and traffic, where the stream stopped: a server that has seen a token must not see it again as a new one. */
const positions = new Map<string, number>()
let proofs = 0
let pool: Pool | undefined

async function mint (count: number, privateKey: KeyObject, changes: object = {}): Promise<string[]> {
  return await Promise.all(Array.from({ length: count }, async (_, n) => await signToken(claimsOf(n, { ...changes }), privateKey)))
}

async function streamFor ({ port, traffic }: Load, requests = 0): Promise<NextHeaders> {
  if (typeof traffic !== 'string') {
    let n = 0
    return () => bearer(traffic[n++ % traffic.length] as string)
  }
  const at = `${port} ${traffic}`
  const [alg, temperature] = traffic.split(' ')
  if (temperature !== undefined) return await proofStream(proofKeys[alg as ProofKey['alg']], boundTokens[alg as ProofKey['alg']], at, temperature, requests)
  return () => {
    const n = positions.get(at) ?? 0
    positions.set(at, n + 1)
    const token = (i: number): string => tokens[i % tokens.length] as string
    switch (traffic) {
      case 'hot': return bearer(token(n % HOT_TOKENS))
      case 'forged': return bearer(forge(token(n), token(n + 1)))
      case 'unknown-kid': return bearer(renameKey(token(n)))
      default: return bearer(takeOnce(tokens, n))
    }
  }
}

/** Proofs are signed before a slice, since to sign one may take longer than the request. */
async function proofStream (key: ProofKey, bound: readonly string[], at: string, temperature: string, count: number): Promise<NextHeaders> {
  const first = positions.get(at) ?? 0
  positions.set(at, first + count)
  const headers = await Promise.all(Array.from({ length: count }, async (_, i) => {
    const accessToken = temperature === 'hot' ? bound[i % HOT_TOKENS] as string : takeOnce(bound, first + i)
    return `Authorization: DPoP ${accessToken}\r\nDPoP: ${await signProof(key, PROOF_URL, accessToken, `proof-${proofs++}`)}\r\n`
  }))
  let n = 0
  return () => headers[n++] as string
}

/** From the last on: the first ones are in the caches, after `hot`. */
function takeOnce (all: readonly string[], n: number): string {
  if (n >= all.length - HOT_TOKENS) throw new Error('more tokens were used than were made')
  return all[all.length - 1 - n] as string
}

function bearer (accessToken: string): string {
  return `Authorization: Bearer ${accessToken}\r\n`
}

function forge (accessToken: string, other: string): string {
  return accessToken.slice(0, accessToken.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
}

function renameKey (accessToken: string): string {
  const header = JSON.stringify({ kid: randomBytes(32).toString('base64url'), alg: 'RS256' })
  return Buffer.from(header).toString('base64url') + accessToken.slice(accessToken.indexOf('.'))
}

answerCalls({
  mint: async ({ cold, dpop }: { cold: number, dpop: number }): Promise<PublicKeys> => {
    tokens = await mint(cold + HOT_TOKENS, issuerKey.privateKey)
    for (const { alg, thumbprint } of Object.values(proofKeys)) boundTokens[alg] = await mint(dpop + HOT_TOKENS, issuerKey.privateKey, { cnf: { jkt: thumbprint } })
    return {
      publicKeyPem: issuerKey.publicKey.export({ type: 'spki', format: 'pem' }) as string,
      proofKeyPems: { ES256: proofKeys.ES256.publicKeyPem, RS256: proofKeys.RS256.publicKeyPem }
    }
  },
  /** Tokens that every verifier must refuse, by what is wrong with them. */
  badTokens: async (): Promise<Record<string, string>> => ({
    'an expired token': await signToken(claimsOf(0, { exp: Math.floor(Date.now() / 1000) - 60 }), issuerKey.privateKey),
    'a token for another audience': await signToken(claimsOf(0, { aud: 'api://other' }), issuerKey.privateKey),
    'a token of another issuer': await signToken(claimsOf(0, { iss: 'http://127.0.0.1:1/oauth2/default' }), issuerKey.privateKey),
    'a signature of another key': await signToken(claimsOf(0), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  }),
  /** Opens the connections of the next `saturate`, so that the server's work for them is not counted. */
  connect: async (load: Load): Promise<void> => {
    pool?.close()
    pool = await openPool(load)
  },
  saturate: async (load: Load & { requests: number }): Promise<Throughput> => await saturate(pool as Pool, load, await streamFor(load, load.requests)),
  sendAtRate: async (load: RatedLoad): Promise<Latencies> => await sendAtRate(load, await streamFor(load)),
  /** Valid requests at a fixed rate, and a flood beside them. */
  flood: async ({ valid, flood }: { valid: RatedLoad, flood: RatedLoad }): Promise<Latencies> => {
    const [latencies] = await Promise.all([sendAtRate(valid, await streamFor(valid)), sendAtRate(flood, await streamFor(flood))])
    return latencies
  }
})
