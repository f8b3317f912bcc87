import type { Kernel } from '../../kernel/kernel.js'
import { OneTimeTokens } from '../../kernel/one-time-tokens.js'
import { Users } from './store.js'

const LIFETIME_MS = 3_600_000

/** What is recovered: a forgotten password, or a locked account. */
export type RecoveryType = 'PASSWORD' | 'UNLOCK'

/** What a recovery token is for. */
export interface Recovery {
  readonly userId: string
  readonly type: RecoveryType
}

/** The one-time tokens of links that recover an account: in an e-mail, or from an administrator. Each lives for an hour. */
export class RecoveryTokens extends OneTimeTokens<Recovery> {
  constructor (kernel: Kernel) {
    super(kernel, { randomBytes: 15, lifetimeMs: LIFETIME_MS })
    kernel.store(Users).onDelete(({ id }) => { this.drop(({ userId }) => userId === id) })
  }
}
