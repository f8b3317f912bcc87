import { randomUUID } from 'node:crypto'
import { mint, type TokenDifference } from './access-token.js'
import { publishedKey } from './signing-key.js'
import { nowSeconds } from './clock.js'

/** The key that signs ID tokens and messages at the org authorization server: not one of a custom server's keys. */
export const orgKey = publishedKey('org', 'RFC 7520, 3.4')

export const PUBLIC_URL = 'https://greeting.example'
export const LOGOUT_CLIENT = '0oauniversallogout001'
export const LOGOUT_URL = `${PUBLIC_URL}/okta/universal-logout`
export const STREAM_AUDIENCE = 'https://greeting.example/ssf'

export const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
export const CREDENTIAL_CHANGE = 'https://schemas.openid.net/secevent/caep/event-type/credential-change'
export const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

/** The credential of a Universal Logout request as Okta makes it for an org, except for the difference. */
export function logoutToken (orgUrl: string, { header, claims, key = orgKey, ...more }: TokenDifference = {}): string {
  const all = { jti: randomUUID(), iss: orgUrl, sub: LOGOUT_CLIENT, aud: LOGOUT_URL, iat: nowSeconds(), exp: nowSeconds() + 300, nbf: nowSeconds() - 300, ...claims }
  return mint(orgUrl, { header: { typ: 'global-token-revocation+jwt', ...header }, claimsText: JSON.stringify(all), key, ...more })
}

/** A security event token as Okta makes it for an org, except for the difference. */
export function securityEventToken (orgUrl: string, events: unknown, { header, claims, key = orgKey, ...more }: TokenDifference = {}): string {
  const all = { jti: randomUUID(), iss: orgUrl, aud: STREAM_AUDIENCE, iat: nowSeconds(), events, ...claims }
  return mint(orgUrl, { header: { typ: 'secevent+jwt', ...header }, claimsText: JSON.stringify(all), key, ...more })
}

/** The event that a user has signed out, as Okta has it. */
export function sessionRevoked (orgUrl: string, sub: string, difference: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    [SESSION_REVOKED]: {
      subject: { format: 'iss_sub', iss: orgUrl, sub },
      reason_admin: { en: 'User logout from Okta' },
      event_timestamp: Date.now(),
      ...difference
    }
  }
}
