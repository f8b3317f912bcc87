import type { Account, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import { createTokenId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Applications } from '../../resources/apps/store.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import { idTokenUserClaims, scopedUserClaims } from '../../tokens/claims.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { scopesOf } from './scopes.js'

type FindAccount = NonNullable<Configuration['findAccount']>

/**
 * Finds users for oidc-provider. One who is not active does not exist as an account;
 * one who is not assigned to the client is refused in Okta's words.
 */
export function createAccounts (
  server: AuthorizationServer, kernel: Kernel, { AccessDenied }: typeof OidcProvider.errors
): FindAccount {
  return async function findAccount (ctx, userId): Promise<Account | undefined> {
    const user = kernel.store(Users).findById(userId)
    if (!isActive(user)) return undefined
    const { client } = ctx.oidc
    if (client && kernel.store(Applications).assignmentOf(client.clientId, user.id) === undefined) {
      throw new AccessDenied('User is not assigned to the client application.')
    }
    return {
      accountId: user.id,
      claims: async (_use, scope) => {
        const isAlone = isIdTokenAlone(ctx)
        return {
          // without an access token /v1/userinfo cannot be read: the profile is in the ID token
          ...(isAlone ? scopedUserClaims(user, scopesOf(scope)) : {}),
          ...idTokenUserClaims(user),
          ...server.idTokenClaims(user, {
            client: { id: String(client?.clientId) }, scopes: scopesOf(scope), isBesideAccessToken: !isAlone
          }),
          sub: user.id,
          jti: createTokenId('ID')
        }
      }
    }
  }
}

function isIdTokenAlone (ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.params?.['response_type'] === 'id_token'
}
