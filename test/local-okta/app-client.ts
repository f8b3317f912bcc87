import * as oauth from 'oauth4webapi'
import type { LocalOkta } from 'local-okta'
import { DEVELOPMENT_PASSWORD } from 'local-okta'
import { Browser } from './browser.js'
import type { Visited } from './browser.js'

/** Plain http, which oauth4webapi wants said out loud. */
export const loopback = { [oauth.allowInsecureRequests]: true }

const REDIRECT_URI = 'http://127.0.0.1:3000/callback'

/** The browser page as an OAuth client: authorization code with PKCE, by oauth4webapi. */
export class AppClient {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly browser: Browser
  readonly verifier = oauth.generateRandomCodeVerifier()
  readonly #state = oauth.generateRandomState()
  readonly #nonce = oauth.generateRandomNonce()

  private constructor (server: oauth.AuthorizationServer, clientId: string, browser: Browser) {
    this.server = server
    this.client = { client_id: clientId }
    this.browser = browser
  }

  /** Reads the server's metadata. A browser of its own unless one is given. */
  static async discover (localOkta: LocalOkta, browser = new Browser(localOkta.orgUrl)): Promise<AppClient> {
    const issuer = new URL(localOkta.issuer)
    const response = await oauth.discoveryRequest(issuer, loopback)
    return new AppClient(await oauth.processDiscoveryResponse(issuer, response), localOkta.clients.browser.clientId, browser)
  }

  /** Opens the authorize endpoint. */
  async authorize (changes: Record<string, string | undefined> = {}): Promise<Visited> {
    const url = new URL(this.server.authorization_endpoint ?? '')
    const parameters = {
      client_id: this.client.client_id,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile email offline_access',
      state: this.#state,
      nonce: this.#nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(this.verifier),
      code_challenge_method: 'S256',
      ...changes
    }
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    return this.browser.visit(url.href)
  }

  /** Opens the authorize endpoint and signs in on its page. */
  async signIn (username: string, password = DEVELOPMENT_PASSWORD, changes: Record<string, string> = {}): Promise<Visited> {
    return this.browser.submit(await this.authorize(changes), { username, password })
  }

  /** Turns the redirect of a finished sign-in into tokens. */
  async exchange (callback: Visited, options: oauth.TokenEndpointRequestOptions = {}): Promise<oauth.TokenEndpointResponse> {
    const parameters = oauth.validateAuthResponse(this.server, this.client, new URL(callback.url), this.#state)
    const response = await oauth.authorizationCodeGrantRequest(
      this.server, this.client, oauth.None(), parameters, REDIRECT_URI, this.verifier, { ...loopback, ...options })
    return oauth.processAuthorizationCodeResponse(this.server, this.client, response, { expectedNonce: this.#nonce })
  }

  /** Uses a refresh token. */
  async refresh (refreshToken: string, options: oauth.TokenEndpointRequestOptions = {}): Promise<oauth.TokenEndpointResponse> {
    const response = await oauth.refreshTokenGrantRequest(
      this.server, this.client, oauth.None(), refreshToken, { ...loopback, ...options })
    return oauth.processRefreshTokenResponse(this.server, this.client, response)
  }

  /** What introspection says of a token. */
  async introspect (token: string): Promise<oauth.IntrospectionResponse> {
    const response = await oauth.introspectionRequest(this.server, this.client, oauth.None(), token, loopback)
    return oauth.processIntrospectionResponse(this.server, this.client, response)
  }

  /** Revokes a token. */
  async revoke (token: string): Promise<void> {
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(this.server, this.client, oauth.None(), token, loopback))
  }
}

/** Makes a request once more if the server asks for a nonce in the DPoP proof, as Okta does at first. */
export async function withNonce<T> (request: () => Promise<T>): Promise<T> {
  return request().catch(async (error: unknown) => {
    if (!oauth.isDPoPNonceError(error)) throw error
    return request()
  })
}

/** The error a request is refused with; fails the test when it is not refused. */
export async function refusalOf (request: Promise<unknown>): Promise<unknown> {
  return request.then(() => { throw new Error('the request was not refused') }, (error: unknown) => error)
}
