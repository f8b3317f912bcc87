import { createHash } from 'node:crypto'
import { AUDIENCE, ISSUER } from './identity.js'

/** Okta's own limit, so that tokens can be kept for the runs of a day. */
export const LIFETIME_SECONDS = 86_400

/** The claims of the n-th token as Okta would write them: one user for each, all of one length. */
export function claimsOf (n: number, issuedAt: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    ver: 1,
    jti: `AT.${createHash('sha256').update(`token ${n}`).digest('base64url')}`,
    iss: ISSUER,
    aud: AUDIENCE,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    cid: '0oabench0browser00d7',
    uid: userIdOf(n),
    scp: ['openid', 'profile', 'email', 'offline_access'],
    auth_time: issuedAt,
    sub: loginOf(n),
    ...changes
  }
}

export function userIdOf (n: number): string {
  return `00u${String(n).padStart(17, '0')}`
}

export function loginOf (n: number): string {
  return `user-${String(n).padStart(8, '0')}@example.com`
}
