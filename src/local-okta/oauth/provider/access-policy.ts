import type { Client, KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import { DEVICE_CODE } from '../capabilities.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { POLICY_FAILED } from '../policy.js'
import type { TokenLifetimes } from '../policy.js'
import { scopesOf } from './scopes.js'

type Errors = typeof OidcProvider.errors
type Refusal = InstanceType<Errors['OIDCProviderError']>

/** How long the tokens live that this request may have, by the server's policies. Undefined: it may have none. */
export function lifetimesOf (
  server: AuthorizationServer, ctx: KoaContextWithOIDC, { clientId }: Pick<Client, 'clientId'>
): TokenLifetimes | undefined {
  return server.evaluate({ clientId, userId: userIdOf(ctx), grantType: grantTypeOf(ctx), scopes: requestedScopes(ctx) })
}

/** The refusal, for oidc-provider to answer. */
export function policyRefusal ({ AccessDenied }: Errors): Refusal {
  return new AccessDenied(POLICY_FAILED)
}

function userIdOf ({ oidc }: KoaContextWithOIDC): string | undefined {
  const { AuthorizationCode, RefreshToken, DeviceCode } = oidc.entities
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode
  return oidc.account?.accountId ?? source?.accountId ?? (oidc.route === 'token' ? undefined : oidc.session?.accountId)
}

function grantTypeOf ({ oidc }: KoaContextWithOIDC): string | undefined {
  const { params, route, entities: { DeviceCode } } = oidc
  const grantType = params?.['grant_type']
  if (grantType === 'refresh_token') return undefined
  // the password grant is answered as that of a device: see grants/password.ts
  if (DeviceCode) return DeviceCode.params?.['grant_type'] === 'password' ? 'password' : DEVICE_CODE
  if (route === 'device_authorization' || route === 'code_verification' || route === 'device_resume') return DEVICE_CODE
  if (typeof grantType === 'string') return grantType
  return String(params?.['response_type'] ?? 'code').split(' ').includes('code') ? 'authorization_code' : 'implicit'
}

function requestedScopes ({ oidc: { params, entities } }: KoaContextWithOIDC): string[] {
  const { AuthorizationCode, RefreshToken, DeviceCode } = entities
  return scopesOf(params?.['scope'] ?? (AuthorizationCode ?? RefreshToken ?? DeviceCode)?.scope)
}
