import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import { createTokenId } from '../../kernel/identifiers.js'
import type { Org } from '../org.js'
import { accessTokenUserClaims, TooManyGroupsError } from '../../tokens/claims.js'
import type { ClaimSet } from '../../tokens/claims.js'
import type { IssuedTokens } from '../../tokens/issued-tokens.js'
import { satisfiedAcr, scopesOf } from './authorization-rules.js'

interface JwtParts {
  header?: Record<string, unknown> | undefined
  payload: Record<string, unknown>
}

/** Gives oidc-provider's JWT access tokens Okta's header and claims, and remembers each. */
export function createAccessTokenShaper (org: Org, issued: IssuedTokens, { CustomOIDCProviderError }: typeof OidcProvider.errors) {
  return function shapeAccessToken (ctx: KoaContextWithOIDC, token: AccessToken | ClientCredentials, jwt: JwtParts): void {
    const userId = 'accountId' in token ? token.accountId : undefined
    const clientId = String(token.clientId)
    const { iat, exp, scope, cnf } = jwt.payload
    const claims: ClaimSet = {
      ver: 1,
      jti: createTokenId('AT'),
      iss: org.issuer,
      aud: org.audience,
      iat,
      exp,
      cid: clientId,
      ...(userId === undefined ? { sub: clientId } : userClaims(org, ctx, userId, CustomOIDCProviderError)),
      scp: scopesOf(scope),
      ...(cnf === undefined ? {} : { cnf })
    }
    jwt.header = { typ: undefined }
    jwt.payload = claims
    const grantId = 'grantId' in token ? token.grantId : undefined
    issued.add({ jti: String(claims['jti']), issuedBy: 'default', clientId, userId, grantId, claims })
  }
}

function userClaims (
  org: Org, ctx: KoaContextWithOIDC, userId: string, Refusal: typeof OidcProvider.errors.CustomOIDCProviderError
): ClaimSet {
  const user = org.users.find(userId)
  if (!user) return {}
  const { AuthorizationCode, RefreshToken, DeviceCode } = ctx.oidc.entities
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode
  // a token from /authorize has no source but the session
  const acr = satisfiedAcr(source?.acr ?? ctx.oidc.session?.acr)
  try {
    return {
      ...accessTokenUserClaims(org, user),
      auth_time: source?.authTime ?? ctx.oidc.session?.authTime() ?? Math.floor(Date.now() / 1000),
      ...(acr === undefined ? {} : { acr })
    }
  } catch (error) {
    if (error instanceof TooManyGroupsError) throw new Refusal('server_error', error.message)
    throw error
  }
}
