import { createHash } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { decodeJwt } from 'jose'
import { signJwt } from '../../tokens/sign.js'
import type { TokenKeys } from '../authorization-server.js'

/** Adds `at_hash` to the ID tokens of the token endpoint, as Okta does; oidc-provider leaves it out there. */
export function registerAccessTokenHash (provider: Provider, keys: TokenKeys): void {
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const body = ctx.body as Record<string, unknown>
    const { access_token: accessToken, id_token: idToken } = body
    if (typeof accessToken !== 'string' || typeof idToken !== 'string') return
    body['id_token'] = signJwt({ ...decodeJwt(idToken), at_hash: hashOf(accessToken) }, keys.idToken)
  })
}

/** OpenID Connect Core section 3.1.3.6: the left half of the hash, for RS256. */
export function hashOf (accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
}
