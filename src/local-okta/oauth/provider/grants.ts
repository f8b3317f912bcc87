import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import { scopesOf } from './authorization-rules.js'

/**
 * Grants whatever was asked for, without a consent page: the org's apps are
 * trusted, as Okta's are by default (`consent_method: TRUSTED`).
 */
export function createGrantLoader (audience: string) {
  return async function loadGrant (ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
    const { account, client, provider, params } = ctx.oidc
    if (!account || !client) return undefined
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
    grantScopes(grant, audience, scopesOf(params?.['scope']))
    await grant.save()
    return grant
  }
}

/** Puts scopes into a grant, for ID tokens and for access tokens to this audience. */
export function grantScopes (grant: Grant, audience: string, scopes: string[]): void {
  grant.addOIDCScope(scopes.join(' '))
  grant.addResourceScope(audience, scopes.join(' '))
}
