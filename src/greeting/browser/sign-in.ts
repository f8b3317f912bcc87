import * as oauth from 'oauth4webapi'
import { discover, nameOutage } from './authorization-server.js'
import { keepPendingSignIn, type PendingSignIn } from './pending-sign-in.js'
import type { Session } from './session.js'
import { clientOf, redirectUriOf, requestOptions, type Settings } from './settings.js'

const SCOPE = 'openid profile email'

export interface SignInRequest {
  /** `none`: only if Okta need not ask. `login`: Okta must ask, so that somebody else can sign in. */
  readonly prompt?: 'none' | 'login'
  readonly purpose?: PendingSignIn['purpose']
  readonly query?: string
}

/** Leaves for Okta (authorization code with PKCE). The page that is left stays out of the history. @throws {OktaAwayError} */
export async function startSignIn (settings: Settings, { prompt, purpose = 'greet', query = '' }: SignInRequest = {}): Promise<void> {
  const { authorization_endpoint: endpoint = '' } = await discover(settings)
  const pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
    purpose,
    query
  }
  const url = new URL(endpoint)
  const parameters = {
    client_id: settings.clientId,
    redirect_uri: redirectUriOf(settings),
    response_type: 'code',
    scope: SCOPE,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.codeVerifier),
    code_challenge_method: 'S256',
    ...(prompt === undefined ? {} : { prompt })
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  keepPendingSignIn(pending)
  location.replace(url)
}

/**
 * Makes tokens of what Okta sent the browser back with. The ID token is validated: issuer, audience, nonce, times.
 *
 * @throws {oauth.AuthorizationResponseError} Okta refused the sign-in
 * @throws {oauth.ResponseBodyError} Okta refused the code
 * @throws {OktaAwayError}
 */
export async function finishSignIn (settings: Settings, pending: PendingSignIn, answer: URLSearchParams): Promise<Session> {
  const server = await discover(settings)
  const client = clientOf(settings)
  const code = oauth.validateAuthResponse(server, client, answer, pending.state)
  const dpop = settings.isDpopRequired ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined
  const exchange = async (): Promise<oauth.TokenEndpointResponse> => {
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), code, redirectUriOf(settings), pending.codeVerifier, {
      ...requestOptions(settings.issuer), ...(dpop === undefined ? {} : { DPoP: dpop })
    })
    return await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: pending.nonce, requireIdToken: true })
  }
  const tokens = await withNonce(exchange).catch((error: unknown) => { throw nameOutage(error) })
  return { server, tokens, identity: oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken, dpop }
}

/** Once more where a DPoP proof was refused for want of a nonce, which came with the refusal (RFC 9449 section 8). */
export async function withNonce<T> (request: () => Promise<T>): Promise<T> {
  return await request().catch(async (error: unknown) => {
    if (!oauth.isDPoPNonceError(error)) throw error
    return await request()
  })
}
