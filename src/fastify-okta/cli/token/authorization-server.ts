import * as oauth from 'oauth4webapi'
import { CommandFailure } from '../exit.js'
import { isLoopback } from '../../options/urls.js'

/** How long a response may take, in milliseconds. */
const TIMEOUT_MS = 15_000
/** How far this machine's clock and the server's may differ, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30

/** An authorization server, the client, and options of requests to it. */
export interface OAuthContext {
  /** Whether it is on the loopback. */
  readonly isLocal: boolean
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly requests: { readonly [oauth.allowInsecureRequests]: boolean, readonly signal: () => AbortSignal }
}

/**
 * Reads an issuer's metadata. The endpoints of an issuer on the loopback must be on the loopback too.
 *
 * @throws {CommandFailure} it cannot be reached, or is not an authorization server
 */
export async function discover (issuer: URL, clientId: string): Promise<OAuthContext> {
  const requests = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:', signal: () => AbortSignal.timeout(TIMEOUT_MS) }
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, requests))
  const endpoints = [server.authorization_endpoint, server.token_endpoint, server.device_authorization_endpoint]
  const isLocal = isLoopback(issuer)
  if (isLocal && endpoints.some(endpoint => endpoint !== undefined && new URL(endpoint).origin !== issuer.origin)) {
    throw new CommandFailure('the issuer is on the loopback, and its endpoints are elsewhere: nothing is sent there')
  }
  return { isLocal, server, client: { client_id: clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS }, requests }
}

/** Describes in one line why no token was issued; any other error is returned unchanged. */
export async function describeTokenFailure (error: unknown, issuer: URL): Promise<unknown> {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    return refusal(error.error, error.error_description, error)
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    // A refused client comes with a challenge; the reason is in the body all the same (RFC 6749 section 5.2).
    const { error: code, error_description: description } = await error.response.json().catch(() => ({})) as { error?: unknown, error_description?: unknown }
    return refusal(typeof code === 'string' ? code : 'invalid_client', typeof description === 'string' ? description : undefined, error)
  }
  if (error instanceof oauth.OperationProcessingError) {
    return new CommandFailure(`the response of ${issuer.origin} is not that of the authorization server ${issuer.href}: ${error.message}`, { code: 'bad_answer', cause: error })
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') return unreachable(issuer, error)
  return error instanceof TypeError && error.message === 'fetch failed' ? unreachable(issuer, error) : error
}

function refusal (code: string, description: string | undefined, cause: Error): CommandFailure {
  return new CommandFailure(`the authorization server refused: ${[code, description].filter(Boolean).join(': ')}`, { code, cause })
}

function unreachable (issuer: URL, cause: unknown): CommandFailure {
  return new CommandFailure(`${issuer.origin} cannot be reached`, {
    code: 'unreachable',
    hint: isLoopback(issuer) ? 'is the local Okta running? npx local-okta starts it' : undefined,
    cause
  })
}
