import { isDeepStrictEqual } from 'node:util'
import { InvalidTokenError } from '../../errors.js'
import type { IntrospectedToken } from '../../oauth/introspection.js'

/**
 * Makes claims, as Okta's access tokens name them, of the answer of Okta's introspection endpoint (RFC 7662 section 2.2):
 * `client_id` becomes `cid`, the string `scope` the array `scp`. Members that only the answer has are left out.
 *
 * A token that is bound to a key never becomes a bearer token: a JWT's own `cnf` counts where the answer has none
 * (whether Okta's answers have one is not documented), since the issuer vouches for the JWT as a whole.
 *
 * @param unverifiedClaims the claims of the token itself, if it is a JWT
 * @throws {InvalidTokenError} `type`: the answer is about another kind of token; `confirmation`: the answer says that the
 *   token is bound, but not to which key, or to another key than the token says
 */
export function toIntrospectedClaims (introspected: IntrospectedToken, unverifiedClaims: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { active: _active, token_type: type, username: _username, client_id: cid, scope, ...claims } = introspected
  if (!isAccessTokenType(type)) throw new InvalidTokenError('type')
  const [cnf, ...others] = [claims.cnf, unverifiedClaims.cnf].filter((confirmation) => confirmation !== undefined)
  const isUnknown = isDpop(type) && cnf === undefined
  if (isUnknown || others.some((other) => !isDeepStrictEqual(other, cnf))) throw new InvalidTokenError('confirmation', { claim: 'cnf' })
  return {
    ...claims,
    ver: 1,
    cid,
    ...(cnf === undefined ? {} : { cnf }),
    ...(typeof scope === 'string' ? { scp: scope.split(' ').filter(Boolean) } : {})
  }
}

/**
 * The claims of a JWT that its issuer is about to be asked about, under the names that Okta's own tokens use. What they
 * rule out needs no introspection (RFC 9068 section 2.2 has the same claims, but calls the client `client_id`).
 */
export function toClaimsBeforeIntrospection (unverifiedClaims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { cid, client_id: clientId, ...claims } = unverifiedClaims
  return { ...claims, ver: 1, cid: cid ?? clientId }
}

/** The hint in the request is only a hint: the answer may be about a refresh token. Okta says `Bearer` or `DPoP` of access tokens. */
function isAccessTokenType (type: unknown): boolean {
  return type === undefined || isDpop(type) || (typeof type === 'string' && type.toLowerCase() === 'bearer')
}

function isDpop (type: unknown): boolean {
  return typeof type === 'string' && type.toLowerCase() === 'dpop'
}
