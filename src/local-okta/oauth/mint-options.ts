/** What a minted token is about. Whatever is left out is as Okta would have it. */
export interface MintOptions {
  /** A user's id or login. Default `ada@example.com`; none for a service client. */
  user?: string
  /** `browser`, `native`, `service`, `management`, or a client id. Default `browser`. */
  client?: string
  /** Default `openid profile email` for a user, `greet` for a service client. */
  scopes?: string[]
  /** From now, in seconds; negative for an expired token. Default 3600. */
  expiresInSeconds?: number
  /** Overrides the claims; an undefined value removes one. */
  claims?: Record<string, unknown>
  /** Overrides the header (`kid`, `alg`); an undefined value removes a member. */
  header?: Record<string, unknown>
  /** Signs with this key rather than the active one; a retired one will do. */
  kid?: string
}
