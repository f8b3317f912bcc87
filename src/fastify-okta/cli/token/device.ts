import { setTimeout as sleep } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import { CommandFailure } from '../exit.js'
import type { OAuthContext } from './authorization-server.js'

/** RFC 8628 section 3.2, if the server does not say. */
const DEFAULT_INTERVAL_SECONDS = 5
/** RFC 8628 section 3.5. */
const SLOW_DOWN_SECONDS = 5

interface DeviceSignIn {
  readonly scope: string
  /** `undefined`: as long as the code is valid. */
  readonly timeoutSeconds: number | undefined
  /** Shows the user where to go, and which code to enter there. */
  readonly show: (page: { readonly url: string, readonly code: string }) => void
}

/**
 * A token for a user who signs in on another device, such as a phone (RFC 8628): for machines without a browser. Asks the
 * authorization server no more often than it says.
 *
 * @throws {CommandFailure} there was no sign-in in time, or the server offers no device grant
 */
export async function grantByDevice (context: OAuthContext, { scope, timeoutSeconds, show }: DeviceSignIn): Promise<oauth.TokenEndpointResponse> {
  const { server, client, requests } = context
  if (server.device_authorization_endpoint === undefined) throw new CommandFailure('the authorization server offers no device grant', { code: 'unsupported' })
  const response = await oauth.deviceAuthorizationRequest(server, client, oauth.None(), { scope }, requests)
  const started = await oauth.processDeviceAuthorizationResponse(server, client, response)
  show({ url: started.verification_uri_complete ?? started.verification_uri, code: started.user_code })

  const until = performance.now() + Math.min(started.expires_in, timeoutSeconds ?? Infinity) * 1000
  let intervalSeconds = started.interval ?? DEFAULT_INTERVAL_SECONDS
  while (performance.now() < until) {
    await sleep(Math.min(intervalSeconds * 1000, Math.max(0, until - performance.now())))
    const answer = await poll(context, started.device_code)
    if (answer === 'slow_down') intervalSeconds += SLOW_DOWN_SECONDS
    else if (answer !== 'authorization_pending') return answer
  }
  throw new CommandFailure('there was no sign-in in time', { code: 'timeout', hint: 'run the command again for a new code' })
}

async function poll ({ server, client, requests }: OAuthContext, deviceCode: string): Promise<oauth.TokenEndpointResponse | 'authorization_pending' | 'slow_down'> {
  try {
    return await oauth.processDeviceCodeResponse(server, client, await oauth.deviceCodeGrantRequest(server, client, oauth.None(), deviceCode, requests))
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && (error.error === 'authorization_pending' || error.error === 'slow_down')) return error.error
    throw error
  }
}
