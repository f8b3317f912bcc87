import type { SigningKeys } from '../tokens/signing-keys.js'
import type { Faults } from '../kernel/faults.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Org } from '../org/org.js'
import type { MintOptions } from '../tokens/mint.js'

/** What the console shows and changes. It uses the same stores as the Management API. */
export interface ConsoleParts {
  readonly kernel: Kernel
  readonly org: Org
  readonly apiToken: string
  readonly faults: Faults
  /** The keys of the `default` server. */
  readonly keys: SigningKeys
  readonly mintAccessToken: (options: MintOptions) => string
  readonly rotateKeys: () => Promise<string>
  readonly retireKey: (kid: string) => Promise<void>
}
