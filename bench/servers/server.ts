import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { FastifyOktaOptions } from 'fastify-okta'
import type { PublicKeys } from '../load/tokens.js'
import type { ProofAlgorithm } from '../load/proof-key.js'

/** What a server is told when it starts. */
export interface ServerOptions extends PublicKeys {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
  /** For the bare server: how often it verifies the signature of the access token. Default 0. */
  readonly verifications?: number
  /** For the bare server: whether it verifies the signature of a DPoP proof of this algorithm. */
  readonly proofAlgorithm?: ProofAlgorithm
  /** For rivals: whether each request carries a DPoP proof. */
  readonly isDpop?: boolean
  /** For the plugin: options beside issuer and audience. */
  readonly plugin?: Omit<FastifyOktaOptions, 'issuer' | 'audience' | 'issuers'>
  /** For the greeting service. */
  readonly directory?: { readonly orgUrl: string, readonly token: string }
}

/** Starts a server on any free port of 127.0.0.1 and returns the port. */
export type StartServer = (options: ServerOptions) => Promise<number>

export async function listen (app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

/** The route of every server but the greeting service, and what it answers. */
export const PATH = '/resource'

export function resourceOf (sub: string): { message: string, sub: string } {
  return { message: 'Hello from a protected resource', sub }
}

const schema = { response: { 200: { type: 'object', properties: { message: { type: 'string' }, sub: { type: 'string' } }, required: ['message', 'sub'] } } }

/** The same route for every server on Fastify; only the hook differs. */
export function addResource (app: FastifyInstance, onRequest: onRequestHookHandler | [], subjectOf: (request: FastifyRequest) => string): void {
  app.get(PATH, { schema, onRequest }, (request, reply) => { reply.send(resourceOf(subjectOf(request))) })
}
