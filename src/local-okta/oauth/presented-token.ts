import { compactVerify } from 'jose'
import { isActive } from '../resources/users/user.js'
import type { LocalOktaContext } from './context.js'
import type { IssuedBy, IssuedToken } from '../tokens/issued-tokens.js'

/**
 * Finds the access token that was presented: signed by this server, not expired,
 * not revoked, its user active. Undefined otherwise; it does NOT say why, and
 * does not look at DPoP binding.
 */
export async function findLiveToken (
  context: LocalOktaContext, token: string, issuedBy: IssuedBy
): Promise<IssuedToken | undefined> {
  const claims = await verifySignature(context, token, issuedBy)
  const issued = typeof claims?.['jti'] === 'string' ? context.issued.find(claims['jti']) : undefined
  if (issued?.issuedBy !== issuedBy) return undefined
  const { exp, nbf } = issued.claims
  const now = Date.now() / 1000
  if (typeof exp !== 'number' || exp <= now) return undefined
  if (typeof nbf === 'number' && nbf > now) return undefined
  if (issued.userId !== undefined && !isActive(context.org.users.find(issued.userId))) return undefined
  return issued
}

/** The claims of a JWT that this server has signed, with a key that it still publishes. Checks nothing but the signature. */
export async function verifySignature (
  context: LocalOktaContext, token: string, issuedBy: IssuedBy
): Promise<Record<string, unknown> | undefined> {
  const keys = issuedBy === 'org' ? [await context.orgAccessTokenKey()] : context.keys.published
  try {
    const { payload } = await compactVerify(token, ({ kid }) => {
      const key = keys.find((published) => published.kid === kid)
      if (!key) throw new TypeError('no such key')
      return key.publicJwk
    }, { algorithms: ['RS256'] })
    return JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}
