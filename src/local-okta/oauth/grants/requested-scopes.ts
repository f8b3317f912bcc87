import { SYSTEM_SCOPES } from '../../resources/authorization-servers/parts.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { OAuthError } from '../errors.js'
import type { Form } from '../form.js'
import { scopesOf } from '../provider/scopes.js'

/**
 * The scopes of a request by a grant that signs nobody in: one at least, none of OpenID Connect's, all of the server.
 *
 * @param grant its name in Okta's words
 * @throws {OAuthError} 400 `invalid_scope`
 */
export function requestedScopes (server: AuthorizationServer, form: Form, grant: string): string[] {
  const scopes = scopesOf(form.get('scope'))
  if (scopes.length === 0) throw new OAuthError(400, 'invalid_scope', 'No scopes were requested.')
  const openid = scopes.find((scope) => (SYSTEM_SCOPES as readonly string[]).includes(scope))
  if (openid !== undefined) throw new OAuthError(400, 'invalid_scope', `Cannot request '${openid}' scopes using ${grant}.`)
  if (scopes.some((scope) => !server.scopes().includes(scope))) {
    throw new OAuthError(400, 'invalid_scope', 'One or more scopes are not configured for the authorization server resource.')
  }
  return scopes
}
