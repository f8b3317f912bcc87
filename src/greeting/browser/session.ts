import type { AuthorizationServer, DPoPHandle, IDToken, TokenEndpointResponse } from 'oauth4webapi'

/**
 * Somebody who is signed in. Lives in the memory of one page: it is handed from function to function and kept nowhere,
 * so that it is gone when the page is.
 */
export interface Session {
  readonly server: AuthorizationServer
  readonly tokens: TokenEndpointResponse
  /** The claims of the ID token. */
  readonly identity: IDToken
  /** The key that the access token is bound to, where the service wants that. It cannot be taken out of the browser. */
  readonly dpop: DPoPHandle | undefined
}
