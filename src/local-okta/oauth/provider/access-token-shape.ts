import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import { createTokenId } from '../../kernel/identifiers.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { accessTokenUserClaims } from '../../tokens/claims.js'
import type { ClaimSet } from '../../tokens/claims.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { TooManyGroupsError } from '../server-claims.js'
import { claimsInOrgTime } from './org-time.js'
import type { ProviderParts } from './provider.js'
import { scopesOf } from './scopes.js'

interface JwtParts {
  header?: Record<string, unknown> | undefined
  payload: Record<string, unknown>
}

/** Gives oidc-provider's JWT access tokens Okta's header and claims, and remembers each. */
export function createAccessTokenShaper (
  server: AuthorizationServer, { kernel, issued }: ProviderParts, { CustomOIDCProviderError }: typeof OidcProvider.errors
) {
  return function shapeAccessToken (ctx: KoaContextWithOIDC, token: AccessToken | ClientCredentials, jwt: JwtParts): void {
    const userId = 'accountId' in token ? token.accountId : undefined
    const user = userId === undefined ? undefined : kernel.store(Users).findById(userId)
    const clientId = String(token.clientId)
    const { iat, exp, scope, cnf } = claimsInOrgTime(jwt.payload, kernel.clock)
    const scopes = scopesOf(scope)
    const claims: ClaimSet = {
      ver: 1,
      jti: createTokenId('AT'),
      iss: server.issuer,
      aud: server.audience,
      iat,
      exp,
      cid: clientId,
      ...(user ? claimsInOrgTime(userClaims(ctx, user), kernel.clock) : { sub: clientId }),
      ...serverClaims(user, clientId, scopes),
      scp: scopes,
      ...(cnf === undefined ? {} : { cnf })
    }
    jwt.header = { typ: server.accessTokenType }
    jwt.payload = claims
    const grantId = 'grantId' in token ? token.grantId : undefined
    issued.add({ jti: String(claims['jti']), serverId: server.id, clientId, userId, grantId, claims })
  }

  function serverClaims (user: User | undefined, clientId: string, scopes: readonly string[]): ClaimSet {
    try {
      return server.accessTokenClaims(user, { client: { id: clientId }, scopes })
    } catch (error) {
      if (error instanceof TooManyGroupsError) throw new CustomOIDCProviderError('server_error', error.message)
      throw error
    }
  }
}

// in oidc-provider's time, which is the machine's
function userClaims (ctx: KoaContextWithOIDC, user: User): ClaimSet {
  const { AuthorizationCode, RefreshToken, DeviceCode } = ctx.oidc.entities
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode
  // a token from /authorize has no source but the session
  const acr = source ? source.acr : ctx.oidc.session?.acr
  return {
    ...accessTokenUserClaims(user),
    auth_time: source?.authTime ?? ctx.oidc.session?.authTime() ?? Math.floor(Date.now() / 1000),
    ...(acr === undefined ? {} : { acr })
  }
}
