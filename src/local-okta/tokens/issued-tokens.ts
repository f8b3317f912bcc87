import type { Kernel } from '../kernel/kernel.js'
import type { ClaimSet } from './claims.js'

/** What the org remembers of an access token it has signed. */
export interface IssuedToken {
  readonly jti: string
  /** The id of the authorization server. */
  readonly serverId: string
  readonly clientId: string
  /** Undefined for a service client. */
  readonly userId: string | undefined
  /** The grant it came from; ending the grant ends the token. Undefined for a minted one. */
  readonly grantId: string | undefined
  readonly claims: ClaimSet
}

/** The access tokens that have been issued and not revoked. Expiry is for the reader to check. */
export class IssuedTokens {
  readonly #byId = new Map<string, IssuedToken>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Remembers a token, and forgets those that expired long ago. */
  add (token: IssuedToken): void {
    this.#byId.set(token.jti, token)
    if (this.#byId.size % 1000 === 0) this.#prune()
  }

  /** The token of this `jti`, unless it was revoked. */
  find (jti: string): IssuedToken | undefined {
    return this.#byId.get(jti)
  }

  /** Revokes one token. */
  revoke (jti: string): void {
    this.#byId.delete(jti)
  }

  /** Revokes every token of a grant, as the end of its refresh token does. */
  revokeGrant (grantId: string): void {
    this.#revokeWhere((token) => token.grantId === grantId)
  }

  /** Revokes every token of a user. */
  revokeUser (userId: string): void {
    this.#revokeWhere((token) => token.userId === userId)
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byId.values()]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const token of structuredClone(saved) as IssuedToken[]) this.#byId.set(token.jti, token)
  }

  clear (): void {
    this.#byId.clear()
  }

  #revokeWhere (matches: (token: IssuedToken) => boolean): void {
    for (const token of this.#byId.values()) {
      if (matches(token)) this.#byId.delete(token.jti)
    }
  }

  #prune (): void {
    const now = this.#kernel.clock.now() / 1000
    this.#revokeWhere(({ claims }) => typeof claims['exp'] === 'number' && claims['exp'] < now)
  }
}
