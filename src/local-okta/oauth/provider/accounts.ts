import type { Account, Configuration } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import { createTokenId } from '../../kernel/identifiers.js'
import type { Org } from '../org.js'
import { isActive } from '../../resources/users/user.js'
import { idTokenUserClaims, scopedUserClaims } from '../../tokens/claims.js'
import { scopesOf } from './authorization-rules.js'

type FindAccount = NonNullable<Configuration['findAccount']>

/**
 * Finds users for oidc-provider. One who is not active does not exist as an account;
 * one who is not assigned to the client is refused in Okta's words.
 */
export function createAccounts (org: Org, { AccessDenied }: typeof OidcProvider.errors): FindAccount {
  return async function findAccount (ctx, userId): Promise<Account | undefined> {
    const user = org.users.find(userId)
    if (!isActive(user)) return undefined
    const { client } = ctx.oidc
    if (client && org.applications.assignmentOf(client.clientId, user.id) === undefined) {
      throw new AccessDenied('User is not assigned to the client application.')
    }
    return {
      accountId: user.id,
      claims: async (_use, scope) => ({
        // no access token comes with it, to read the profile with at /v1/userinfo
        ...(ctx.oidc.params?.['response_type'] === 'id_token' ? scopedUserClaims(user, scopesOf(scope)) : {}),
        ...idTokenUserClaims(org, user),
        sub: user.id,
        jti: createTokenId('ID')
      })
    }
  }
}
