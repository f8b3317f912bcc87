export type Claims = Readonly<Record<string, unknown>>

/** The kind of a token, as far as its header and claims tell. */
export type TokenKind = 'access' | 'id' | 'org' | 'logout'

export const KIND_WORDS: Readonly<Record<TokenKind, string>> = {
  access: 'an access token',
  id: 'an ID token: it tells a client who signed in, and grants no access',
  org: 'an access token of the org authorization server: it is for Okta\'s own APIs, and only Okta can verify it',
  logout: 'a token that reports events, not one to call with'
}

/** @param issuer the issuer that is configured, whose org may have issued the token instead */
export function kindOf (header: Claims, claims: Claims, issuer: string): TokenKind {
  const { jti, cid, scp, iss, nonce, at_hash: atHash, idp, amr } = claims
  if (header['typ'] === 'application/okta-internal-at+jwt') return 'org'
  if (Object.hasOwn(claims, 'events')) return 'logout'
  const hasSignInClaims = [nonce, atHash, idp, amr].some(claim => claim !== undefined)
  if (typeof jti === 'string' && jti.startsWith('ID.')) return 'id'
  if (cid === undefined && scp === undefined && hasSignInClaims) return 'id'
  return iss !== issuer && iss === new URL(issuer).origin ? 'org' : 'access'
}
