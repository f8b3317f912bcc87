import * as oauth from 'oauth4webapi'
import type { Asked } from './authorization-server.js'

/** A token for the client itself (RFC 6749 section 4.4), which proves with a secret who it is. */
export async function grantByClientCredentials ({ server, client, requests }: Asked, scope: string | undefined, secret: string): Promise<oauth.TokenEndpointResponse> {
  const parameters = new URLSearchParams(scope === undefined ? {} : { scope })
  const response = await oauth.clientCredentialsGrantRequest(server, client, oauth.ClientSecretBasic(secret), parameters, requests)
  return await oauth.processClientCredentialsResponse(server, client, response)
}

/** A token for somebody's name and password (RFC 6749 section 4.3), which OAuth has given up for good reasons. */
export async function grantByPassword (asked: Asked, { user, password, scope }: { user: string, password: string, scope: string }): Promise<oauth.TokenEndpointResponse> {
  const { server, client, requests } = asked
  const parameters = new URLSearchParams({ username: user, password, scope })
  const response = await oauth.genericTokenEndpointRequest(server, client, oauth.None(), 'password', parameters, requests)
  return await oauth.processGenericTokenEndpointResponse(server, client, response)
}
