import type { ServerOptions } from './servers/server.js'

/** What the requests of a row carry. */
export type Traffic =
  /** 20 tokens, over and over. */
  | 'hot'
  /** Each token once. */
  | 'cold'
  /** Each token with the signature of another. */
  | 'forged'
  /** Each token with the id of a key that nobody has. */
  | 'unknown-kid'
  /** A new proof at each request; the tokens as in `hot` or `cold`. One client key signs all proofs. */
  | 'ES256 hot' | 'ES256 cold' | 'RS256 hot' | 'RS256 cold'

export const HOT_TOKENS = 20

/** A server that is measured. */
export interface Peer {
  readonly title: string
  /** The file in `peers/`. */
  readonly file: string
  /** The package whose version is reported. */
  readonly package?: string
  readonly traffics: readonly Traffic[]
  readonly options?: Pick<ServerOptions, 'plugin' | 'verifications' | 'proofAlgorithm'>
}

const BEARER: readonly Traffic[] = ['hot', 'cold', 'forged']
const PUBLIC_URL = 'https://api.example.com'

export const BARE: Peer = { title: 'bare Fastify', file: 'bare', traffics: ['hot', 'cold'] }
export const FLOOR: Peer = { title: 'bare Fastify + RSA verification', file: 'bare', traffics: BEARER, options: { verifications: 1 } }
export const FLOOR_OF_TWO: Peer = { title: 'bare Fastify + two RSA verifications', file: 'bare', traffics: ['cold'], options: { verifications: 2 } }
export const PLUGIN: Peer = { title: 'fastify-okta', file: 'fastify-okta', package: 'fastify-okta', traffics: BEARER }
export const PLUGIN_ALONE: Peer = { title: 'fastify-okta, no cross-check', file: 'fastify-okta', traffics: BEARER, options: { plugin: { secondOpinion: false } } }
export const PLUGIN_WITH_URL: Peer = { title: 'fastify-okta with `publicUrl`', file: 'fastify-okta', traffics: [], options: { plugin: { publicUrl: PUBLIC_URL } } }

/** What others would take instead. */
export const RIVALS: readonly Peer[] = ['fastify-jwt-jwks', 'jose', 'fastify-jwt-get-jwks', 'express-oauth2-jwt-bearer', 'okta-jwt-verifier'].map((file) => ({
  title: { 'fastify-jwt-get-jwks': '@fastify/jwt + get-jwks, cache on', 'okta-jwt-verifier': '@okta/jwt-verifier in a hook', jose: 'jose in a hook' }[file] ?? file,
  file,
  package: { 'fastify-jwt-get-jwks': '@fastify/jwt', 'okta-jwt-verifier': '@okta/jwt-verifier' }[file] ?? file,
  traffics: BEARER
}))

export const DPOP_ALGORITHMS = ['ES256', 'RS256'] as const

/** DPoP has the plugin, and the floor: the verification of the proof, and in `cold` of the token too. */
const DPOP_PEERS: readonly Peer[] = DPOP_ALGORITHMS.flatMap((alg): Peer[] => [
  dpopFloorOf(alg, 'hot'),
  dpopFloorOf(alg, 'cold'),
  { title: `fastify-okta, DPoP ${alg}`, file: 'fastify-okta', traffics: [`${alg} hot`, `${alg} cold`], options: { plugin: { secondOpinion: false, publicUrl: PUBLIC_URL, dpop: { proofLifetimeSeconds: 3600 } } } }
])

function dpopFloorOf (alg: typeof DPOP_ALGORITHMS[number], temperature: 'hot' | 'cold'): Peer {
  const verifications = temperature === 'hot' ? 0 : 1
  return { title: `bare Fastify + ${alg}${verifications === 1 ? ' and RSA verification' : ' verification'}`, file: 'bare', traffics: [`${alg} ${temperature}`], options: { verifications, proofAlgorithm: alg } }
}

/** In the order of the tables. */
export const PEERS: readonly Peer[] = [BARE, FLOOR, FLOOR_OF_TWO, PLUGIN, PLUGIN_ALONE, ...RIVALS, ...DPOP_PEERS]

/** What a peer must answer: anything else fails the run. Some take a key that cannot be found for a fault of their own. */
export function statusesOf ({ file, options }: Peer, traffic: Traffic): readonly number[] {
  if (file === 'bare' && options === undefined) return [200]
  return traffic === 'forged' ? [401] : traffic === 'unknown-kid' ? [401, 500] : [200]
}
