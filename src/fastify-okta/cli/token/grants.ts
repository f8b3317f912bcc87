import * as oauth from 'oauth4webapi'
import type { OAuthContext } from './authorization-server.js'

/** A token for the client itself (RFC 6749 section 4.4), which authenticates with a secret. */
export async function grantByClientCredentials ({ server, client, requests }: OAuthContext, scope: string | undefined, secret: string): Promise<oauth.TokenEndpointResponse> {
  const parameters = new URLSearchParams(scope === undefined ? {} : { scope })
  const response = await oauth.clientCredentialsGrantRequest(server, client, oauth.ClientSecretBasic(secret), parameters, requests)
  return await oauth.processClientCredentialsResponse(server, client, response)
}

/** A token for a user name and password (RFC 6749 section 4.3). For the local Okta only: OAuth 2.1 drops this grant. */
export async function grantByPassword (context: OAuthContext, { user, password, scope }: { user: string, password: string, scope: string }): Promise<oauth.TokenEndpointResponse> {
  const { server, client, requests } = context
  const parameters = new URLSearchParams({ username: user, password, scope })
  const response = await oauth.genericTokenEndpointRequest(server, client, oauth.None(), 'password', parameters, requests)
  return await oauth.processGenericTokenEndpointResponse(server, client, response)
}
