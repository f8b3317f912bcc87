import type { Control } from '../control.js'
import type { Kernel } from '../kernel/kernel.js'
import type { OAuthContext } from '../oauth/context.js'

/** What the console shows and changes. It uses the same stores as the Management API. */
export interface ConsoleParts {
  readonly kernel: Kernel
  readonly context: OAuthContext
  readonly control: Control
  readonly apiToken: string
  /** Of the `default` server. */
  readonly issuer: string
  readonly audience: string
}
