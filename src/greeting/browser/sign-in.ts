import * as oauth from 'oauth4webapi'
import { discover, endpointOf } from './authorization-server.js'
import { Failure, NoResponseError, toFailure } from './failure.js'
import { showFailure } from './failure-view.js'
import { keepPendingSignIn, type PendingSignIn } from './pending-sign-in.js'
import type { Session } from './session.js'
import { clientOf, redirectUriOf, requestOptions, type Settings } from './settings.js'
import { currentView, show } from './views.js'

const SCOPE = 'openid profile email'

interface SignInRequest {
  /** `none`: only if Okta need not ask. `login`: Okta must ask, so that another user can sign in. */
  readonly prompt?: 'none' | 'login'
  readonly purpose?: PendingSignIn['purpose']
  readonly destination?: PendingSignIn['destination']
  readonly query?: string
}

/** Leaves for Okta, or shows why that is not possible. */
export async function signIn (settings: Settings, request: SignInRequest = {}): Promise<void> {
  if (currentView() !== 'busy') show('busy', { doing: 'Taking you to Okta…' })
  try {
    await startSignIn(settings, request)
  } catch (error) {
    showFailure(settings, toFailure(error), { 'try-again': () => signIn(settings, request) })
  }
}

/** Okta ends a session for an ID token of it. This page holds none, so it requests one without asking the user. */
export async function signOutSilently (settings: Settings): Promise<void> {
  show('busy', { doing: 'Signing you out…' })
  await signIn(settings, { prompt: 'none', purpose: 'sign-out' })
}

/** Authorization code with PKCE. The page that is left stays out of the history. @throws {Failure} */
async function startSignIn (settings: Settings, request: SignInRequest): Promise<void> {
  const { prompt, purpose = 'sign-in', destination = '/greet', query = '' } = request
  const pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
    purpose,
    destination,
    query
  }
  // First, since nothing else helps a browser that blocks storage.
  keepPendingSignIn(pending)
  const url = new URL(endpointOf(await discover(settings), 'authorization_endpoint'))
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
  location.replace(url)
}

/**
 * Exchanges the code that Okta sent the browser back with for tokens. Validates the ID token: issuer, audience, nonce, times.
 *
 * @throws {Failure}
 * @throws {oauth.AuthorizationResponseError} Okta refused the sign-in
 */
export async function finishSignIn (settings: Settings, pending: PendingSignIn, answer: URLSearchParams): Promise<Session> {
  const server = await discover(settings)
  const client = clientOf(settings)
  const code = oauth.validateAuthResponse(server, client, answer, pending.state)
  const dpop = settings.isDpopRequired ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined
  endpointOf(server, 'token_endpoint')
  const exchange = async (): Promise<oauth.TokenEndpointResponse> => {
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), code, redirectUriOf(settings), pending.codeVerifier, {
      ...requestOptions(settings.issuer), ...(dpop === undefined ? {} : { DPoP: dpop })
    })
    return await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: pending.nonce, requireIdToken: true })
  }
  try {
    const tokens = await withNonce(exchange)
    return { server, tokens, identity: oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken, dpop }
  } catch (error) {
    // Okta has just served its metadata, to every origin; the token endpoint is for trusted origins only.
    throw error instanceof NoResponseError ? new Failure('okta-silent', 'no_token_response', '', { cause: error }) : toFailure(error)
  }
}

/** Repeats a request that was refused for a missing DPoP nonce, which came with the refusal (RFC 9449 section 8). */
export async function withNonce<T> (request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return await request()
  }
}
