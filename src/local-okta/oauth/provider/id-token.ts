import { createHash } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { decodeJwt } from 'jose'
import type { Clock } from '../../kernel/clock.js'
import { signJwt } from '../../tokens/sign.js'
import type { TokenKeys } from '../authorization-server.js'
import { claimsInOrgTime } from './org-time.js'

/** Makes an ID token of oidc-provider's Okta's: its times are the org's, and so is its header. */
export type CompleteIdToken = (idToken: string, claims?: Record<string, unknown>) => string

/** Makes what signs the ID tokens of a server again. */
export function createIdTokenCompleter (keys: TokenKeys, clock: Clock): CompleteIdToken {
  return (idToken, claims = {}) => signJwt({ ...claimsInOrgTime(decodeJwt(idToken), clock), ...claims }, keys.idToken)
}

/** Completes the ID tokens of the token endpoint, and adds `at_hash` to them, as Okta does; oidc-provider leaves it out there. */
export function registerIdTokens (provider: Provider, complete: CompleteIdToken): void {
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const body = ctx.body as Record<string, unknown>
    const { access_token: accessToken, id_token: idToken } = body
    if (typeof accessToken !== 'string' || typeof idToken !== 'string') return
    body['id_token'] = complete(idToken, { at_hash: hashOf(accessToken) })
  })
}

/** OpenID Connect Core section 3.1.3.6: the left half of the hash, for RS256. */
export function hashOf (accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
}
