import { AssociatedServers } from '../../resources/authorization-servers/associated-servers.js'
import { AuthorizationServers } from '../../resources/authorization-servers/store.js'
import { Users } from '../../resources/users/store.js'
import type { IssuedToken } from '../../tokens/issued-tokens.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { TOKEN_EXCHANGE } from '../capabilities.js'
import type { OAuthContext } from '../context.js'
import { invalidRequest, OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import { issueAccessToken } from '../issue-access-token.js'
import { findLiveToken } from '../presented-token.js'
import type { GrantRequest } from './grant-request.js'
import { requestedScopes } from './requested-scopes.js'

/** RFC 8693 section 3. */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

/**
 * Token exchange (RFC 8693), on behalf of a user: an access token that the user gave to the calling service becomes one that
 * the service uses for itself at another. As Okta's it has no `act`. Takes tokens of this server and of those that it trusts, and
 * NONE that is bound to a key: a DPoP proof of the service binds the new token to the key of the service.
 *
 * @throws {OAuthError} 400; the words for a bad subject token are unconfirmed
 */
export async function exchangeToken (
  context: OAuthContext, { server, client, form, thumbprint }: GrantRequest
): Promise<Record<string, unknown>> {
  if (requireParameter(form, 'subject_token_type') !== ACCESS_TOKEN_TYPE) {
    throw invalidRequest(`The 'subject_token_type' parameter must be ${ACCESS_TOKEN_TYPE}.`)
  }
  if ((form.get('requested_token_type') ?? ACCESS_TOKEN_TYPE) !== ACCESS_TOKEN_TYPE) {
    throw invalidRequest(`The 'requested_token_type' parameter must be ${ACCESS_TOKEN_TYPE}.`)
  }
  if (requireParameter(form, 'audience') !== server.audience) {
    throw new OAuthError(400, 'invalid_target', "The 'audience' parameter must be the audience of the authorization server.")
  }
  const subject = await findSubject(context, server, requireParameter(form, 'subject_token'))
  const user = subject?.userId === undefined ? undefined : context.kernel.store(Users).findById(subject.userId)
  // a token that is bound to a key is of use to the holder of the key only
  if (!subject || !user || subject.claims['cnf'] !== undefined) {
    throw new OAuthError(400, 'invalid_grant', "The 'subject_token' is invalid.")
  }
  return {
    ...issueAccessToken(context, server, {
      client, user, grantType: TOKEN_EXCHANGE, scopes: requestedScopes(server, form, 'token exchange'), authTime: subject.claims['auth_time'], thumbprint
    }),
    issued_token_type: ACCESS_TOKEN_TYPE
  }
}

async function findSubject (context: OAuthContext, server: AuthorizationServer, token: string): Promise<IssuedToken | undefined> {
  const own = await findLiveToken(context, server, token)
  if (own) return own
  const record = context.kernel.store(AuthorizationServers).findById(server.id)
  for (const { id } of record ? context.kernel.store(AssociatedServers).of(record, { isTrusted: true }) : []) {
    const trusted = await context.servers.findCustom(id)
    const found = trusted && await findLiveToken(context, trusted, token)
    if (found) return found
  }
  return undefined
}
