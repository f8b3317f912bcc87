import * as oauth from 'oauth4webapi'
import type { OAuthContext } from './authorization-server.js'
import { listenForCallback, type Callback } from './callback-listener.js'

interface SignIn {
  readonly scope: string
  /** The login that the sign-in page shows already. */
  readonly loginHint: string | undefined
  readonly callbackPort: number
  readonly timeoutMs: number
  /** Shows the user where to sign in. */
  readonly show: (url: string) => void
}

/** Sent with the request; the response is checked against them. */
interface Secrets {
  readonly verifier: string
  readonly state: string
  /** Returned in the ID token; undefined if none is requested. */
  readonly nonce: string | undefined
}

/**
 * Signs a user in in the browser: authorization code with PKCE, back to a port of the loopback (RFC 8252, RFC 7636).
 * State and nonce are checked; the code is exchanged before the browser shows success.
 */
export async function signIn (context: OAuthContext, how: SignIn): Promise<oauth.TokenEndpointResponse> {
  const secrets: Secrets = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: how.scope.split(' ').includes('openid') ? oauth.generateRandomNonce() : undefined
  }
  const { redirectUri, callback, close } = await listenForCallback({ port: how.callbackPort, state: secrets.state, timeoutMs: how.timeoutMs })
  try {
    how.show(await authorizationUrl(context, how, secrets, redirectUri))
    return await finish(context, secrets, redirectUri, await callback)
  } finally {
    close()
  }
}

async function authorizationUrl ({ server, client }: OAuthContext, { scope, loginHint }: SignIn, secrets: Secrets, redirectUri: string): Promise<string> {
  const { verifier, state, nonce } = secrets
  const url = new URL(server.authorization_endpoint as string)
  const parameters = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: loginHint
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url.href
}

async function finish (context: OAuthContext, secrets: Secrets, redirectUri: string, callback: Callback): Promise<oauth.TokenEndpointResponse> {
  const { server, client, requests } = context
  const { verifier, state, nonce } = secrets
  try {
    const parameters = oauth.validateAuthResponse(server, client, callback.url, state)
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, redirectUri, verifier, requests)
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response,
      nonce === undefined ? {} : { expectedNonce: nonce, requireIdToken: true })
    await callback.answer('done')
    return tokens
  } catch (error) {
    await callback.answer('failed')
    throw error
  }
}
