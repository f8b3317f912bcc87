import { discoveryRequest, OperationProcessingError, JSON_ATTRIBUTE_COMPARISON, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { Failure, toFailure } from './failure.js'
import { requestOptions, type Settings } from './settings.js'

/** Reads the metadata of the authorization server (OpenID Connect Discovery). @throws {Failure} */
export async function discover ({ issuer }: Settings): Promise<AuthorizationServer> {
  const url = new URL(issuer)
  try {
    return await processDiscoveryResponse(url, await discoveryRequest(url, requestOptions(issuer)))
  } catch (error) {
    if (error instanceof OperationProcessingError && error.code === JSON_ATTRIBUTE_COMPARISON) {
      throw new Failure('not-set-up', 'issuer_mismatch', 'Okta’s metadata names another issuer.', { cause: error })
    }
    throw toFailure(error)
  }
}

/** @throws {Failure} the authorization server does not have this endpoint */
export function endpointOf (server: AuthorizationServer, name: 'authorization_endpoint' | 'token_endpoint'): string {
  const endpoint = server[name]
  if (endpoint === undefined) throw new Failure('not-set-up', 'no_endpoint', `Okta’s metadata has no ${name}.`)
  return endpoint
}
