import type { AuthorizationServer, DPoPHandle, IDToken, TokenEndpointResponse } from 'oauth4webapi'

/**
 * A user who is signed in. It lives in the memory of one page only: functions pass it on and store it nowhere, so it is gone
 * when the page is.
 */
export interface Session {
  readonly server: AuthorizationServer
  readonly tokens: TokenEndpointResponse
  /** The claims of the ID token. */
  readonly identity: IDToken
  /** The key that the access token is bound to, if the service requires that. It cannot be exported. */
  readonly dpop: DPoPHandle | undefined
}
