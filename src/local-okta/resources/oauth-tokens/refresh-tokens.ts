import { createHash } from 'node:crypto'
import type { Kernel } from '../../kernel/kernel.js'

/** A refresh token as its authorization server keeps it. */
export interface RefreshToken {
  /** Names it among the server's; not its value. */
  readonly key: string
  readonly serverId: string
  readonly clientId: string
  readonly userId: string | undefined
  readonly scopes: readonly string[]
  /** What ends with it. */
  readonly grantId: string
  /** In milliseconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number | null
}

/** Where the refresh tokens are: in the authorization servers, which connect themselves. */
interface RefreshTokenSource {
  readonly list: () => RefreshToken[]
  /** Ends a grant, with every token of it. */
  readonly revoke: (grantId: string) => void
}

/** Which refresh tokens are asked for. Undefined: any. */
export type RefreshTokenFilter = Partial<Pick<RefreshToken, 'serverId' | 'clientId' | 'userId'>>

/** A refresh token with the id that the API gives it. */
export type IdentifiedRefreshToken = RefreshToken & { readonly id: string }

/** The refresh tokens of the org, for the Management API. */
export class RefreshTokens {
  #source: RefreshTokenSource = { list: () => [], revoke: () => {} }
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  connect (source: RefreshTokenSource): void {
    this.#source = source
  }

  /** Those that are not used up or expired. */
  find (filter: RefreshTokenFilter): IdentifiedRefreshToken[] {
    const now = this.#kernel.clock.now()
    const live = this.#source.list().filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    const found = live.filter((token) => Object.entries(filter).every(([name, value]) => token[name as keyof RefreshTokenFilter] === value))
    return found.map((token) => ({ ...token, id: `oar${createHash('sha256').update(token.key).digest('hex').slice(0, 17)}` }))
  }

  /** Revokes refresh tokens, and the access tokens that came with them. */
  revoke (tokens: readonly RefreshToken[]): void {
    for (const { grantId, userId, clientId } of tokens) {
      this.#source.revoke(grantId)
      this.#kernel.log.announce('app.oauth2.token.revoke.implicit.user', { id: userId ?? clientId, type: userId === undefined ? 'PublicClientApp' : 'User', alternateId: clientId, displayName: clientId })
    }
  }
}
