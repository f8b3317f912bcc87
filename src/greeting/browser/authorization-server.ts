import { discoveryRequest, processDiscoveryResponse, ResponseBodyError, type AuthorizationServer } from 'oauth4webapi'
import { requestOptions, type Settings } from './settings.js'

/** Okta does not answer, or says that it cannot now. Whoever is signed in stays signed in. */
export class OktaAwayError extends Error {}

/** Reads where Okta's endpoints are (OpenID Connect Discovery). @throws {OktaAwayError} */
export async function discover ({ issuer }: Settings): Promise<AuthorizationServer> {
  const url = new URL(issuer)
  try {
    return await processDiscoveryResponse(url, await discoveryRequest(url, requestOptions(issuer)))
  } catch (cause) {
    throw new OktaAwayError('the metadata of the authorization server cannot be read', { cause })
  }
}

/** Makes an outage of whatever is one, and lets the rest pass. */
export function nameOutage (cause: unknown): unknown {
  if (cause instanceof ResponseBodyError) return cause.status === 429 || cause.status >= 500 ? new OktaAwayError('', { cause }) : cause
  // what oauth4webapi could not read: the answer of something in between, more often than not
  const answer = (cause as { cause?: unknown }).cause
  if (answer instanceof Response && answer.status >= 500) return new OktaAwayError('', { cause })
  // what fetch rejects with when there is no connection (oauth4webapi's own have a code), and when the time is up
  const { name, code } = cause as { name?: string, code?: unknown }
  const isUnanswered = (name === 'TypeError' && code === undefined) || name === 'TimeoutError'
  return isUnanswered ? new OktaAwayError('', { cause }) : cause
}
