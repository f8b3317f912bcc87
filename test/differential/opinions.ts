import OktaJwtVerifier from '@okta/jwt-verifier'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import type { SigningKey } from '../kit/signing-key.js'

/** What an implementation makes of a token: its claims, or `null` for a refusal. */
export type Opinion = Readonly<Record<string, unknown>> | null

export interface Policy {
  readonly issuer: string
  readonly audience: string
  readonly key: SigningKey
}

const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'ver', 'cid']

/** Three implementations that share no code, each with the policy that the plugin has: RS256, one key, one issuer, one audience. */
export function createOpinions ({ issuer, audience, key }: Policy): Readonly<Record<string, (accessToken: string) => Promise<Opinion>>> {
  const verifyFast = createVerifier({
    key: key.publicKey.export({ type: 'spki', format: 'pem' }) as string,
    algorithms: ['RS256'],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: REQUIRED_CLAIMS,
    cache: false
  })
  const keys = createLocalJWKSet({ keys: [key.jwk] } as unknown as JSONWebKeySet)
  const okta = Object.assign(new OktaJwtVerifier({
    issuer: issuer.replace(/^http:/, 'https:'),
    jwksRequestsPerMinute: 1e9,
    getKeysInterceptor: async () => [key.jwk as never]
  }), { issuer })
  return {
    'fast-jwt': async accessToken => await ask(() => verifyFast(accessToken) as object),
    jose: async accessToken => await ask(async () => (await jwtVerify(accessToken, keys, {
      issuer, audience, algorithms: ['RS256'], requiredClaims: REQUIRED_CLAIMS
    })).payload),
    // A token without a signature makes njwt throw where it cannot be caught: such a token is not given to it.
    '@okta/jwt-verifier': async accessToken => !accessToken.split('.')[2] ? null : await ask(async () => (await okta.verifyAccessToken(accessToken, audience)).claims)
  }
}

async function ask (verify: () => object | Promise<object>): Promise<Opinion> {
  try {
    return { ...await verify() }
  } catch {
    return null
  }
}
