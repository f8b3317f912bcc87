import type { Application } from '../../resources/apps/application.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { GRANT_TYPES, ORG_GRANT_TYPES } from '../capabilities.js'
import { OAuthError } from '../errors.js'
import { ORG_SERVER_ID } from '../org-server.js'

/**
 * Checks that the server has the grant, and that the client may use it.
 *
 * @throws {OAuthError} 400 `unsupported_grant_type`, `unauthorized_client`
 */
export function requireGrantType ({ id }: AuthorizationServer, { grantTypes }: Application, grantType: string): void {
  // `implicit` is a grant of `/v1/authorize`
  const supported = (id === ORG_SERVER_ID ? ORG_GRANT_TYPES : GRANT_TYPES).filter((name) => name !== 'implicit')
  if (!supported.includes(grantType)) {
    throw new OAuthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server. ' +
      `Configured grant types: [${supported.join(', ')}].`)
  }
  if (!grantTypes.includes(grantType)) {
    throw new OAuthError(400, 'unauthorized_client', 'The client is not authorized to use the provided grant type. ' +
      `Configured grant types: [${grantTypes.join(', ')}].`)
  }
}
