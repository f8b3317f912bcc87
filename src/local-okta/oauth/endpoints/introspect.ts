import type { Application } from '../../resources/apps/application.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import { findLiveToken, verifySignature } from '../presented-token.js'

const INACTIVE = { active: false }

/**
 * Introspects an access token, a refresh token or an ID token (RFC 7662). Anything but a live token of this server
 * is not active. The hint is ignored: the token itself says what it is.
 */
export async function introspect (
  context: OAuthContext, server: AuthorizationServer, form: Form, client: Application
): Promise<Record<string, unknown>> {
  const token = requireParameter(form, 'token')
  const found = await introspectAccessToken(context, server, token) ??
    introspectRefreshToken(context, server, token) ?? await introspectIdToken(context, server, token)
  if (!found) return INACTIVE
  // a public client learns of its own tokens only
  return client.authMethod === 'none' && found['client_id'] !== client.id ? INACTIVE : found
}

async function introspectAccessToken (
  context: OAuthContext, server: AuthorizationServer, token: string
): Promise<Record<string, unknown> | undefined> {
  const live = await findLiveToken(context, server, token)
  if (!live) return undefined
  const { cid, scp, cnf, ver, ...claims } = live.claims
  const user = live.userId === undefined ? undefined : context.kernel.store(Users).find(live.userId)
  return {
    active: true,
    scope: Array.isArray(scp) ? scp.join(' ') : undefined,
    ...(user ? { username: user.profile.login } : {}),
    ...claims,
    token_type: cnf === undefined ? 'Bearer' : 'DPoP',
    client_id: cid,
    ...(cnf === undefined ? {} : { cnf })
  }
}

function introspectRefreshToken (
  { kernel, store }: OAuthContext, { id, issuer, audience }: AuthorizationServer, token: string
): Record<string, unknown> | undefined {
  const stored = store.find(id, 'RefreshToken', token)
  if (!stored || stored.consumed || stored.accountId === undefined) return undefined
  const user = kernel.store(Users).find(stored.accountId)
  if (!isActive(user)) return undefined
  return {
    active: true,
    scope: stored.scope,
    username: user.profile.login,
    exp: stored.exp,
    iat: stored.iat,
    sub: user.profile.login,
    iss: issuer,
    aud: audience,
    client_id: stored.clientId,
    uid: user.id
  }
}

// Okta's answer for ID tokens is not documented: the token's claims, and what the other tokens have beside them
async function introspectIdToken (
  context: OAuthContext, server: AuthorizationServer, token: string
): Promise<Record<string, unknown> | undefined> {
  const claims = await verifySignature(token, server.keys.published)
  if (!claims || !String(claims['jti']).startsWith('ID.') || claims['iss'] !== server.issuer) return undefined
  const user = context.kernel.store(Users).find(String(claims['sub']))
  if (!isActive(user) || !(Number(claims['exp']) > context.kernel.clock.now() / 1000)) return undefined
  return { active: true, username: user.profile.login, ...claims, client_id: claims['aud'], uid: user.id }
}
