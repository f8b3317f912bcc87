import type { IntrospectedToken } from '../../oauth/introspection.js'

/**
 * Makes claims, as Okta's access tokens name them, of what Okta's introspection endpoint says (RFC 7662 section 2.2):
 * `client_id` becomes `cid`, the text `scope` the list `scp`. Members that only the answer has are left out.
 */
export function toIntrospectedClaims (introspected: IntrospectedToken): Record<string, unknown> {
  const { active: _active, token_type: _type, username: _username, client_id: cid, scope, ...claims } = introspected
  return {
    ...claims,
    ver: 1,
    cid,
    ...(typeof scope === 'string' ? { scp: scope.split(' ').filter(Boolean) } : {})
  }
}

/** The hint in the question is only a hint: the answer may be about a refresh token. Okta says `Bearer` or `DPoP` of access tokens. */
export function isAccessToken ({ token_type: type }: IntrospectedToken): boolean {
  return type === undefined || (typeof type === 'string' && /^(?:Bearer|DPoP)$/i.test(type))
}
