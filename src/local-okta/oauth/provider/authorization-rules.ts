import { decodeJwt } from 'jose'
import type { Client, KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { Applications } from '../../resources/apps/store.js'
import { Factors } from '../../resources/factors/store.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { needsFactor, requestedLevels } from '../sign-on/acr.js'
import { lifetimesOf, policyRefusal } from './access-policy.js'
import type { ProviderParts } from './provider.js'
import { scopesOf } from './scopes.js'

type Errors = typeof OidcProvider.errors

/**
 * Okta's rules for the parameters of `/authorize`, `/par` and `/device/authorize` which
 * oidc-provider does not have: `state` is required, every scope must exist, a policy must allow the client what it requests,
 * `offline_access` needs no consent prompt, and a `sessionToken` signs its user in.
 */
export function createAuthorizationRules (server: AuthorizationServer, parts: ProviderParts, errors: Errors) {
  const { InvalidRequest, InvalidScope, CustomOIDCProviderError } = errors
  return function checkAuthorization (ctx: KoaContextWithOIDC, sessionToken: unknown, client: Client): void {
    const { params, route } = ctx.oidc
    if (!params) return
    if (route !== 'device_authorization' && params['state'] === undefined) {
      throw new InvalidRequest("The authentication request has an invalid 'state' parameter.")
    }
    const responseType = String(params['response_type'] ?? 'code')
    if (responseType.includes('token') && params['nonce'] === undefined) {
      throw new InvalidRequest("The authentication request has an invalid 'nonce' parameter.")
    }
    const requested = scopesOf(requestedScope(ctx))
    if (requested.length === 0) throw new InvalidScope('No scopes were requested.', '')
    const { grantedScopes = [] } = parts.kernel.store(Applications).findById(client.clientId) ?? {}
    const granted = server.grantableScopes().filter((scope) => grantedScopes.includes(scope))
    rejectUnknownScopes([...server.scopes(), ...granted], requested, InvalidScope)
    if (typeof sessionToken === 'string' && route === 'authorization') signInBySessionToken(ctx, sessionToken, parts)
    if (lifetimesOf(server, ctx, client) === undefined) throw policyRefusal(errors)
    if (client.grantTypeAllowed('refresh_token') && responseType.includes('code')) params['scope'] = requested.join(' ')
    if (params['acr_values'] !== undefined && !canReach(parts.kernel, requestedLevels(params['acr_values']))) {
      throw new CustomOIDCProviderError('unmet_authentication_requirements',
        "Unable to meet the authentication requirements imposed by 'acr_values' parameter.")
    }
  }
}

// while no user of the org has a second factor, the request is refused before a sign-in
function canReach (kernel: Kernel, levels: readonly string[]): boolean {
  const hasFactors = kernel.store(Factors).all().some(({ status }) => status === 'ACTIVE')
  return levels.some((level) => hasFactors || !needsFactor(level))
}

/** Okta's rules for the scopes of a client_credentials request. Other grants take theirs from the authorization. */
export function checkClientCredentialsScope (server: AuthorizationServer, ctx: KoaContextWithOIDC, { InvalidScope }: Errors): void {
  const { params } = ctx.oidc
  if (params?.['grant_type'] !== 'client_credentials') return
  const requested = scopesOf(params['scope'])
  if (requested.length === 0) throw new InvalidScope('No scopes were requested.', '')
  const userScope = requested.find((scope) => scope === 'openid' || scope === 'offline_access')
  if (userScope) throw new InvalidScope(`Cannot request '${userScope}' scopes using client credentials.`, userScope)
  rejectUnknownScopes(server.scopes(), requested, InvalidScope)
}

function rejectUnknownScopes (known: readonly string[], requested: readonly string[], InvalidScope: Errors['InvalidScope']): void {
  if (requested.some((scope) => !known.includes(scope))) {
    throw new InvalidScope('One or more scopes are not configured for the authorization server resource.', '')
  }
}

// a token that is not good is ignored: the sign-in page comes up
function signInBySessionToken (ctx: KoaContextWithOIDC, sessionToken: string, { kernel, sessionTokens }: ProviderParts): void {
  const { userId = '', amr = [] } = sessionTokens.consume(sessionToken) ?? {}
  if (isActive(kernel.store(Users).findById(userId))) ctx.oidc.session?.loginAccount({ accountId: userId, amr })
}

// oidc-provider takes offline_access out of its params if no consent is prompted for: read what was sent
function requestedScope (ctx: KoaContextWithOIDC): unknown {
  const { body, entities: { PushedAuthorizationRequest: pushed } } = ctx.oidc
  const request = pushed?.request ?? (ctx.method === 'POST' ? body?.['request'] : ctx.query['request'])
  // oidc-provider has checked it before
  if (typeof request === 'string') return decodeJwt(request)['scope']
  return ctx.method === 'POST' ? body?.['scope'] : ctx.query['scope']
}
