import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import { findLiveToken } from '../presented-token.js'
import type { Application } from '../../resources/apps/application.js'

/**
 * Revokes one of the client's own tokens (RFC 7009); anything else is passed over
 * without a word. Ending a refresh token ends its access tokens; ending an access
 * token leaves the refresh token. True if a token was revoked.
 */
export async function revoke (
  context: OAuthContext, server: AuthorizationServer, form: Form, client: Application
): Promise<boolean> {
  const { issued, store } = context
  const token = requireParameter(form, 'token')
  const refreshToken = store.find(server.id, 'RefreshToken', token)
  if (refreshToken?.clientId === client.id) {
    store.destroy('RefreshToken', token)
    if (refreshToken.grantId !== undefined) store.revokeGrant(refreshToken.grantId)
    return true
  }
  const accessToken = await findLiveToken(context, server, token)
  if (accessToken?.clientId !== client.id) return false
  issued.revoke(accessToken.jti)
  return true
}
