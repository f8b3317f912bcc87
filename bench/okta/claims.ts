import { createHash } from 'node:crypto'

/** Tokens name their issuer with its port, so the port is fixed: below those that the system gives to outgoing connections. */
export const ISSUER_PORT = 27_311
export const ISSUER = `http://127.0.0.1:${ISSUER_PORT}/oauth2/default`
export const AUDIENCE = 'api://default'
export const KEY_ID = 'U5R8cHbGw445Qbq8zVO1PcCpXL8yG6IcovVa3laCoxM'
const LIFETIME_SECONDS = 86_400

/** The claims of the n-th token as Okta would write them: one user for each, all of one length. */
export function claimsOf (n: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    ver: 1,
    jti: `AT.${createHash('sha256').update(`token ${n}`).digest('base64url')}`,
    iss: ISSUER,
    aud: AUDIENCE,
    iat: now,
    exp: now + LIFETIME_SECONDS,
    cid: '0oabench0browser00d7',
    uid: `00u${String(n).padStart(17, '0')}`,
    scp: ['openid', 'profile', 'email', 'offline_access'],
    auth_time: now,
    sub: loginOf(n),
    ...changes
  }
}

export function loginOf (n: number): string {
  return `user-${String(n).padStart(8, '0')}@example.com`
}
