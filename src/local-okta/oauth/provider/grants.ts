import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import type { AuthorizationServer } from '../authorization-server.js'
import { lifetimesOf, policyRefusal } from './access-policy.js'
import { scopesOf } from './scopes.js'

/**
 * Grants every scope that was requested, without a consent page, if the policies allow it to the user: the org's apps are
 * trusted, as Okta's are by default (`consent_method: TRUSTED`).
 */
export function createGrantLoader (server: AuthorizationServer, errors: typeof OidcProvider.errors) {
  return async function loadGrant (ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
    const { account, client, provider, params } = ctx.oidc
    if (!account || !client) return undefined
    if (lifetimesOf(server, ctx, client) === undefined) throw policyRefusal(errors)
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
    grantScopes(grant, server, scopesOf(params?.['scope']))
    await grant.save()
    return grant
  }
}

/** Puts scopes into a grant, for ID tokens and for access tokens. The server's issuer is their resource indicator. */
export function grantScopes (grant: Grant, { issuer }: AuthorizationServer, scopes: string[]): void {
  grant.addOIDCScope(scopes.join(' '))
  grant.addResourceScope(issuer, scopes.join(' '))
}
