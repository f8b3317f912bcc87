import type { Kernel } from '../kernel/kernel.js'
import { OneTimeTokens } from '../kernel/one-time-tokens.js'
import { Users } from '../resources/users/store.js'

const LIFETIME_MS = 300_000

/** How a session token signs in. */
export interface SessionTokenUse {
  readonly userId: string
  /** How the user has authenticated (RFC 8176). */
  readonly amr: string[]
}

/**
 * One-time tokens of `/api/v1/authn`: each signs a user in at `/authorize`, or is exchanged for a session. Each lives for five
 * minutes.
 */
export class SessionTokens extends OneTimeTokens<SessionTokenUse> {
  constructor (kernel: Kernel) {
    super(kernel, { prefix: '2011', randomBytes: 32, lifetimeMs: LIFETIME_MS })
    kernel.store(Users).onDelete(({ id }) => { this.drop(({ userId }) => userId === id) })
  }
}
