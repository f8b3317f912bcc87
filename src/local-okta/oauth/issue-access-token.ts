import { createTokenId } from '../kernel/identifiers.js'
import type { Application } from '../resources/apps/application.js'
import type { User } from '../resources/users/user.js'
import { accessTokenUserClaims } from '../tokens/claims.js'
import type { ClaimSet } from '../tokens/claims.js'
import { signJwt } from '../tokens/sign.js'
import type { AuthorizationServer } from './authorization-server.js'
import type { OAuthContext } from './context.js'
import { OAuthError } from './errors.js'
import { POLICY_FAILED } from './policy.js'
import { TooManyGroupsError } from './server-claims.js'

/** A grant that oidc-provider does not know, when everything about it has been checked except for the policies. */
interface ApprovedGrant {
  readonly client: Application
  readonly user: User
  readonly grantType: string
  readonly scopes: readonly string[]
  /** When the user signed in, as the token says that stands for it. */
  readonly authTime: unknown
  /** Of the DPoP key that the token is bound to. Undefined: it is a Bearer token. */
  readonly thumbprint: string | undefined
}

/**
 * Issues the access token of a grant, if the policies allow it.
 *
 * @throws {OAuthError} 401 `access_denied`; 400 `server_error` for too many groups
 */
export function issueAccessToken (
  { kernel, issued }: OAuthContext, server: AuthorizationServer, { client, user, grantType, scopes, authTime, thumbprint }: ApprovedGrant
): Record<string, unknown> {
  const lifetimes = server.evaluate({ clientId: client.id, userId: user.id, grantType, scopes })
  if (!lifetimes) throw new OAuthError(401, 'access_denied', POLICY_FAILED)
  const now = Math.floor(kernel.clock.now() / 1000)
  const claims: ClaimSet = {
    ver: 1,
    jti: createTokenId('AT'),
    iss: server.issuer,
    aud: server.audience,
    iat: now,
    exp: now + lifetimes.accessToken,
    cid: client.id,
    ...accessTokenUserClaims(user),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...serverClaims(server, user, client, scopes),
    scp: scopes,
    ...(thumbprint === undefined ? {} : { cnf: { jkt: thumbprint } })
  }
  issued.add({ jti: String(claims['jti']), serverId: server.id, clientId: client.id, userId: user.id, grantId: undefined, claims })
  return {
    token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: lifetimes.accessToken,
    access_token: signJwt(claims, server.keys.accessToken),
    scope: scopes.join(' ')
  }
}

function serverClaims (server: AuthorizationServer, user: User, client: Application, scopes: readonly string[]): ClaimSet {
  try {
    return server.accessTokenClaims(user, { client, scopes })
  } catch (error) {
    if (error instanceof TooManyGroupsError) throw new OAuthError(400, 'server_error', error.message)
    throw error
  }
}
