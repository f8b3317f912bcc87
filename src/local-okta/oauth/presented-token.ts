import { compactVerify } from 'jose'
import { isActive } from '../resources/users/user.js'
import { Users } from '../resources/users/store.js'
import type { AuthorizationServer } from './authorization-server.js'
import type { OAuthContext } from './context.js'
import type { IssuedToken } from '../tokens/issued-tokens.js'
import type { KeyPair } from '../tokens/signing-keys.js'

/**
 * Finds the access token that was presented: signed by this server, not expired,
 * not revoked, its user active. Undefined otherwise; it does NOT say why, and
 * does not look at DPoP binding.
 */
export async function findLiveToken (
  { kernel, issued: tokens }: OAuthContext, server: AuthorizationServer, token: string
): Promise<IssuedToken | undefined> {
  const claims = await verifySignature(token, server.keys.accessTokenVerification)
  const issued = typeof claims?.['jti'] === 'string' ? tokens.find(claims['jti']) : undefined
  if (issued?.serverId !== server.id) return undefined
  const { exp, nbf } = issued.claims
  const now = kernel.clock.now() / 1000
  if (typeof exp !== 'number' || exp <= now) return undefined
  if (typeof nbf === 'number' && nbf > now) return undefined
  if (issued.userId !== undefined && !isActive(kernel.store(Users).find(issued.userId))) return undefined
  return issued
}

/** The claims of a JWT that one of these keys has signed. Checks nothing but the signature. */
export async function verifySignature (
  token: string, keys: readonly KeyPair[]
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await compactVerify(token, ({ kid }) => {
      const key = keys.find((candidate) => candidate.kid === kid)
      if (!key) throw new TypeError('no such key')
      return key.publicJwk
    }, { algorithms: ['RS256'] })
    return JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}
