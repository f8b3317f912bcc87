import type { FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { verifyDpopProof } from '../oauth/dpop-proof.js'
import { findLiveToken } from '../oauth/presented-token.js'
import { isSameText } from '../org/sign-in.js'
import { ADMINISTRATOR_ID } from '../seed.js'
import { OktaApiError } from './errors.js'

/** Who calls the management API. */
export interface Principal {
  /** The owner of an API token; undefined for a service app. */
  userId: string | undefined
  /** What a service app may do; `all` for an API token. */
  scopes: readonly string[] | 'all'
}

const principals = new WeakMap<FastifyRequest, Principal>()

/**
 * Finds out who is calling: the org's API token (`SSWS`), or an access token of
 * the org server (`Bearer`, or `DPoP` with its proof).
 *
 * @throws {OktaApiError} 401 E0000011 for a token that is not good here; 403 E0000005 for none
 */
export async function authenticatePrincipal (context: LocalOktaContext, request: FastifyRequest): Promise<void> {
  principals.set(request, await readPrincipal(context, request))
}

/** Who makes this request, once {@link authenticatePrincipal} has found out. */
export function principalOf (request: FastifyRequest): Principal {
  const principal = principals.get(request)
  if (!principal) throw new OktaApiError('E0000005')
  return principal
}

async function readPrincipal (context: LocalOktaContext, request: FastifyRequest): Promise<Principal> {
  const { authorization } = request.headers
  if (authorization === undefined) throw new OktaApiError('E0000005')
  const [, scheme = '', token = ''] = /^(SSWS|Bearer|DPoP) +(\S+)$/i.exec(authorization) ?? []
  if (scheme.toUpperCase() !== 'SSWS') return authenticateServiceApp(context, request, scheme, token)
  if (!isSameText(context.org.apiToken, token)) throw new OktaApiError('E0000011')
  return { userId: ADMINISTRATOR_ID, scopes: 'all' }
}

/**
 * Lets the call through when the principal has one of these scopes.
 *
 * @throws {OktaApiError} 403 E0000006
 */
export function requireScope ({ scopes }: Principal, ...anyOf: string[]): void {
  if (scopes === 'all' || anyOf.some((scope) => scopes.includes(scope))) return
  throw new OktaApiError('E0000006', undefined, [], {
    'www-authenticate': 'Bearer error="insufficient_scope", ' +
      'error_description="The access token provided does not contain the required scopes.", ' +
      `scope="${anyOf[0] ?? ''}"`
  })
}

async function authenticateServiceApp (
  context: LocalOktaContext, request: FastifyRequest, scheme: string, token: string
): Promise<Principal> {
  const live = await findLiveToken(context, token, 'org')
  if (!live) throw invalidToken('The access token provided is not intended for Okta.')
  const cnf = live.claims['cnf'] as { jkt?: string } | undefined
  if ((cnf !== undefined) !== (scheme.toLowerCase() === 'dpop')) throw invalidToken('The access token is invalid.')
  if (cnf !== undefined && await proofThumbprint(context, request, token) !== cnf.jkt) {
    throw invalidToken('The access token is invalid.')
  }
  const { scp } = live.claims
  return { userId: live.userId, scopes: Array.isArray(scp) ? scp.map(String) : [] }
}

async function proofThumbprint ({ org, usedIds }: LocalOktaContext, request: FastifyRequest, accessToken: string): Promise<string> {
  const proof = request.headers['dpop']
  if (typeof proof !== 'string') throw invalidToken('The DPoP proof JWT header is missing.')
  const proven = { proof, method: request.method, url: `${org.orgUrl}${request.url}`, accessToken }
  return verifyDpopProof(proven, usedIds)
    .catch((error: unknown): never => { throw invalidToken(error instanceof Error ? error.message : String(error)) })
}

function invalidToken (description: string): OktaApiError {
  return new OktaApiError('E0000011', undefined, [], {
    'www-authenticate': `Bearer error="invalid_token", error_description="${description}"`
  })
}
