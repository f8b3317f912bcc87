import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import type { Org } from '../org/org.js'
import { hasPassword } from '../org/sign-in.js'
import { grantScopes } from './grants.js'
import { rejectUnknownScopes, scopesOf } from './scope-rules.js'

const PARAMETERS = ['username', 'password', 'scope']

/** Adds the password grant, which OAuth has given up and Okta still has. Gives no refresh token. */
export function registerPasswordGrant (provider: Provider, org: Org, errors: typeof OidcProvider.errors): void {
  provider.registerGrantType('password', async (ctx: KoaContextWithOIDC) => {
    ctx.body = await exchangePassword(ctx, org, errors)
  }, PARAMETERS)
}

async function exchangePassword (ctx: KoaContextWithOIDC, org: Org, errors: typeof OidcProvider.errors): Promise<object> {
  const { params, client, provider } = ctx.oidc
  if (!client || !params) throw new errors.InvalidRequest('The request is missing a client.')
  const scopes = scopesOf(params['scope'])
  if (scopes.length === 0) throw new errors.InvalidScope('No scopes were requested.', '')
  rejectUnknownScopes(org, scopes, errors.InvalidScope)

  const user = org.users.find(String(params['username']))
  if (!user || !hasPassword(user, String(params['password']))) throw new errors.InvalidGrant('credentials')
  if (org.applications.assignmentOf(client.clientId, user.id) === undefined) {
    throw new errors.AccessDenied('User is not assigned to the client application.')
  }
  const grant = new provider.Grant({ accountId: user.id, clientId: client.clientId })
  grantScopes(grant, org.audience, scopes)
  const grantId = await grant.save()
  const accessToken = new provider.AccessToken({ accountId: user.id, client, grantId, gty: 'password' } as never)
  accessToken.resourceServer = resourceServerOf(provider, org)
  accessToken.scope = scopes.join(' ')
  return {
    token_type: 'Bearer', expires_in: accessToken.expiration, access_token: await accessToken.save(), scope: scopes.join(' ')
  }
}

function resourceServerOf (provider: Provider, org: Org): InstanceType<Provider['ResourceServer']> {
  return new provider.ResourceServer(org.audience, {
    audience: org.audience, scope: org.scopes.join(' '), accessTokenFormat: 'jwt'
  })
}
