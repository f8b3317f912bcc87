import * as client from 'openid-client'
import { Browser } from './browser.js'

const REDIRECT_URI = 'http://127.0.0.1:3000/callback'

/** The local Okta is plain http. */
export const insecure = { execute: [client.allowInsecureRequests] }

/** A sign-in as far as the authorization code. */
export interface SignIn {
  readonly browser: Browser
  readonly authorizationUrl: URL
  /** With the code. */
  readonly callbackUrl: URL
  readonly checks: Required<Pick<client.AuthorizationCodeGrantChecks, 'pkceCodeVerifier' | 'expectedState' | 'expectedNonce'>>
}

/** Signs Ada in with openid-client and a browser. */
export async function signInForCode (orgUrl: string, configuration: client.Configuration): Promise<SignIn> {
  const [pkceCodeVerifier, expectedState, expectedNonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()]
  const authorizationUrl = client.buildAuthorizationUrl(configuration, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256'
  })
  const browser = new Browser(orgUrl)
  const { url } = await browser.submit(await browser.visit(authorizationUrl.href), { username: 'ada@example.com', password: 'local-okta-1' })
  return { browser, authorizationUrl, callbackUrl: new URL(url), checks: { pkceCodeVerifier, expectedState, expectedNonce } }
}
