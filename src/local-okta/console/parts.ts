import type { Faults } from '../kernel/faults.js'
import type { Kernel } from '../kernel/kernel.js'
import type { PublicSigningKey } from '../tokens/signing-keys.js'

/** What an access token is asked for with. */
export interface TokenRequest {
  /** A client id. */
  readonly client: string
  readonly scopes: string[]
  /** A user's id; left out for a service app. */
  readonly user?: string
}

/** What the console shows and changes. It uses the same stores as the Management API. */
export interface ConsoleParts {
  readonly kernel: Kernel
  readonly apiToken: string
  readonly faults: Faults
  /** Of the `default` server, as are the scopes, keys and tokens. */
  readonly issuer: string
  readonly audience: string
  readonly scopes: () => readonly string[]
  readonly keys: () => readonly PublicSigningKey[]
  readonly mintAccessToken: (request: TokenRequest) => Promise<string>
  readonly rotateKeys: () => Promise<string>
  readonly retireKey: (kid: string) => Promise<void>
}
