import * as oauth from 'oauth4webapi'
import { isLoopback } from '../configuration.js'
import { CommandFailure } from '../exit.js'

/** A slow answer is none, in milliseconds. */
const TIMEOUT_MS = 15_000
/** How far this machine's clock and the server's may differ, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30

/** An authorization server, the client that asks it, and how requests to it are made. */
export interface Asked {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly requests: { readonly [oauth.allowInsecureRequests]: boolean, readonly signal: () => AbortSignal }
}

/**
 * Reads an issuer's metadata. Plain http is for an issuer on the loopback, and then all that is asked must be there too.
 *
 * @throws {CommandFailure} it cannot be reached, or is no authorization server
 */
export async function discover (issuer: URL, clientId: string): Promise<Asked> {
  const requests = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:', signal: () => AbortSignal.timeout(TIMEOUT_MS) }
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, requests))
  const endpoints = [server.authorization_endpoint, server.token_endpoint]
  if (isLoopback(issuer) && endpoints.some(endpoint => endpoint !== undefined && new URL(endpoint).origin !== issuer.origin)) {
    throw new CommandFailure('the issuer is on the loopback, and its endpoints are elsewhere: nothing is sent there')
  }
  return { server, client: { client_id: clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS }, requests }
}

/** Says in one line why no token was had; any error that is not about that passes as it is. */
export async function nameTokenFault (error: unknown, issuer: URL): Promise<unknown> {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    return refusal(error.error, error.error_description, error)
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    // A challenge comes with a client that is refused; why is in the body all the same (RFC 6749 section 5.2).
    const { error: code, error_description: description } = await error.response.json().catch(() => ({})) as { error?: unknown, error_description?: unknown }
    return refusal(typeof code === 'string' ? code : 'invalid_client', typeof description === 'string' ? description : undefined, error)
  }
  if (error instanceof oauth.OperationProcessingError) {
    return new CommandFailure(`the answer of ${issuer.origin} is not that of the authorization server ${issuer.href}: ${error.message}`, { code: 'bad_answer', cause: error })
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
    hint: isLoopback(issuer) ? 'is the local Okta up? fastify-okta local starts it' : undefined,
    cause
  })
}
