import type { Traffic } from './load/traffic.js'

/** A server that is measured. */
export interface Peer {
  /** The file in `peers/`. */
  readonly name: string
  readonly title: string
  /** The packages whose versions are reported. */
  readonly packages: readonly string[]
  /** Whether it verifies at all; what does not answers 200 to everything. */
  readonly verifies: boolean
  /** Whether it looks at more of a token than its signature. */
  readonly readsClaims: boolean
  /** Whether a token without a signature ends its process: an error is thrown outside of any promise. */
  readonly isEndedByUnsigned?: boolean
}

const verifying = { verifies: true, readsClaims: true }

/** In the order of the tables. What is compared in pairs stands side by side, so that the two are measured one after the other. */
export const PEERS: readonly Peer[] = [
  { name: 'bare-fastify', title: 'bare Fastify (verifies nothing)', packages: ['fastify'], verifies: false, readsClaims: false },
  { name: 'plugin', title: 'fastify-okta', packages: ['fastify-okta'], ...verifying },
  { name: 'express-oauth2-jwt-bearer', title: 'express-oauth2-jwt-bearer', packages: ['express', 'express-oauth2-jwt-bearer'], ...verifying },
  { name: 'plugin-without-second-opinion', title: 'fastify-okta, no cross-check', packages: ['fastify-okta'], ...verifying },
  { name: 'floor', title: 'bare Fastify + RSA verification', packages: ['fastify'], verifies: true, readsClaims: false },
  { name: 'okta-jwt-verifier', title: '@okta/jwt-verifier in Fastify', packages: ['@okta/jwt-verifier'], ...verifying, isEndedByUnsigned: true },
  { name: 'fastify-jwt-get-jwks', title: '@fastify/jwt + get-jwks, cache on', packages: ['@fastify/jwt', 'fast-jwt', 'get-jwks'], ...verifying },
  { name: 'fastify-jwt-jwks', title: 'fastify-jwt-jwks', packages: ['fastify-jwt-jwks'], ...verifying },
  { name: 'jose', title: 'jose jwtVerify in a hook', packages: ['jose'], ...verifying }
]

/** What a peer may answer to this traffic; anything else fails the run. */
export function statusesOf ({ verifies }: Peer, traffic: Traffic): readonly number[] {
  if (!verifies || ['hot', 'mixed', 'cold'].includes(traffic)) return [200]
  // Some take a key that cannot be found for a fault of their own.
  return traffic === 'unknown-kid' ? [401, 500] : [401]
}
