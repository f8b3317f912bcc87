import type { Kernel } from '../../kernel/kernel.js'
import { OneTimeTokens } from '../../kernel/one-time-tokens.js'
import { Users } from './store.js'

const LIFETIME_MS = 7 * 24 * 3_600_000

/** Whose account is activated. */
export interface Activation {
  readonly userId: string
}

/** The one-time tokens of links by which new users choose a password. Each lives for a week, as Okta's do by default. */
export class ActivationTokens extends OneTimeTokens<Activation> {
  constructor (kernel: Kernel) {
    super(kernel, { randomBytes: 15, lifetimeMs: LIFETIME_MS })
    kernel.store(Users).onDelete(({ id }) => { this.drop(({ userId }) => userId === id) })
  }
}
