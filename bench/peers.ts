import { PUBLIC_URL, PROOF_ALGORITHMS, type ProofAlgorithm } from './load/proof-key.js'
import type { Requests } from './plan.js'
import type { ServerOptions } from './servers/server.js'

/** A server that is measured. */
export interface Peer {
  readonly title: string
  /** The file in `peers/`. */
  readonly file: string
  /** The package whose version is reported, if it is not the file. */
  readonly package?: string
  readonly options?: Partial<ServerOptions>
}

export const BARE: Peer = { title: 'bare Fastify', file: 'bare' }
export const FLOOR: Peer = { title: 'bare Fastify + RSA verification', file: 'bare', options: { verifications: 1 } }
export const FLOOR_OF_TWO: Peer = { title: 'bare Fastify + two RSA verifications', file: 'bare', options: { verifications: 2 } }
export const PLUGIN: Peer = { title: 'fastify-okta', file: 'fastify-okta' }
export const PLUGIN_ALONE: Peer = { title: 'fastify-okta, no cross-check', file: 'fastify-okta', options: { plugin: { secondOpinion: false } } }
export const PLUGIN_WITH_URL: Peer = { title: 'fastify-okta with `publicUrl`', file: 'fastify-okta', options: { plugin: { publicUrl: PUBLIC_URL } } }

const JOSE: Peer = { title: 'jose in a hook', file: 'jose' }
const EXPRESS: Peer = { title: 'express-oauth2-jwt-bearer', file: 'express-oauth2-jwt-bearer' }
/** What others would take instead. */
export const RIVALS: readonly Peer[] = [
  { title: 'fastify-jwt-jwks', file: 'fastify-jwt-jwks' },
  JOSE,
  { title: '@fastify/jwt + get-jwks, cache on', file: 'fastify-jwt-get-jwks', package: '@fastify/jwt' },
  EXPRESS,
  { title: '@okta/jwt-verifier in a hook', file: 'okta-jwt-verifier', package: '@okta/jwt-verifier' }
]
/** Those that verify DPoP proofs, or with which it takes a few lines. */
const DPOP_RIVALS: readonly Peer[] = [JOSE, EXPRESS].map((peer) => ({ ...peer, title: `${peer.title}, DPoP`, options: { isDpop: true } }))

export type TrafficName = 'hot' | 'cold' | 'forged' | 'unknown-kid' | `${ProofAlgorithm} ${'hot' | 'cold'}`

/** What the requests of a table carry, and who is measured with them. */
export interface Traffic {
  readonly name: TrafficName
  readonly description: string
  /** What is compared, and with what: the verification of signatures, and nothing else. */
  readonly ours: Peer
  readonly floor: Peer
  /** How often the time of the floor is allowed. */
  readonly most?: number
  readonly others: readonly Peer[]
  readonly rivals: readonly Peer[]
  /** The member of the plan that says how many requests are sent. */
  readonly requests: keyof Requests
}

/** In the order of the tables. `cold` fills the caches, so it comes after the others of its servers. */
export const TRAFFICS: readonly Traffic[] = [
  { name: 'hot', description: 'Twenty tokens, over and over.', ours: PLUGIN, floor: FLOOR, others: [BARE, PLUGIN_ALONE], rivals: RIVALS, requests: 'hot' },
  { name: 'forged', description: 'Each token with the signature of another.', ours: PLUGIN, floor: FLOOR, most: 1.6, others: [PLUGIN_ALONE], rivals: RIVALS, requests: 'cold' },
  { name: 'cold', description: 'Each token once. Compared is fastify-okta without cross-check.', ours: PLUGIN_ALONE, floor: FLOOR, most: 1.45, others: [BARE, FLOOR_OF_TWO, PLUGIN], rivals: RIVALS, requests: 'cold' },
  ...PROOF_ALGORITHMS.flatMap(createDpopTraffics)
]

function createDpopTraffics (alg: ProofAlgorithm): Traffic[] {
  const plugin = { secondOpinion: false, publicUrl: PUBLIC_URL, dpop: { proofLifetimeSeconds: 3600 } }
  const ours: Peer = { title: `fastify-okta, DPoP ${alg}`, file: 'fastify-okta', options: { plugin } }
  const floorOf = (title: string, verifications: number): Peer => ({ title, file: 'bare', options: { verifications, proofAlgorithm: alg } })
  const shared = { ours, others: [], rivals: DPOP_RIVALS, requests: 'dpop' } as const
  return [
    { ...shared, name: `${alg} hot`, description: 'A new DPoP proof at each request, with twenty tokens.', floor: floorOf(`bare Fastify + ${alg} verification`, 0), most: 1.3 },
    { ...shared, name: `${alg} cold`, description: 'A new DPoP proof and a new token at each request.', floor: floorOf(`bare Fastify + ${alg} and RSA verification`, 1) }
  ]
}

export function peersOf ({ floor, ours, others, rivals }: Traffic): Peer[] {
  return [floor, ...others, ours, ...rivals]
}

/** What a peer must answer: anything else fails the run. Some take a key that cannot be found for a fault of their own. */
export function statusesOf (traffic: TrafficName): readonly number[] {
  return traffic === 'forged' ? [401] : traffic === 'unknown-kid' ? [401, 500] : [200]
}
