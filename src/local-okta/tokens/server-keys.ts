import { SigningKeys } from './signing-keys.js'
import type { KeyPair } from './signing-keys.js'

/** The signing keys of each custom authorization server. They are made when {@link of} or {@link ofSync} is first called: that takes some tenths of a second. */
export class ServerKeys {
  readonly #given = new Map<string, readonly KeyPair[]>()
  readonly #making = new Map<string, Promise<SigningKeys>>()
  readonly #made = new Map<string, SigningKeys>()

  /** The keys of a server. */
  async of (serverId: string): Promise<SigningKeys> {
    const made = this.#made.get(serverId)
    if (made) return made
    const making = this.#making.get(serverId) ?? SigningKeys.create(this.#givenTo(serverId)).then((keys) => this.#keep(serverId, keys))
    this.#making.set(serverId, making)
    return making
  }

  /** The same at once. If the keys are not made yet, it blocks the event loop until they are. */
  ofSync (serverId: string): SigningKeys {
    return this.#made.get(serverId) ?? this.#keep(serverId, SigningKeys.createSync(this.#givenTo(serverId)))
  }

  /** Gives a server the keys that it starts with: see {@link SigningKeys.create}. */
  give (serverId: string, keys: readonly KeyPair[]): void {
    this.#given.set(serverId, keys)
  }

  #givenTo (serverId: string): readonly KeyPair[] {
    return this.#given.get(serverId) ?? []
  }

  // if both methods are making keys, the first that are made stay
  #keep (serverId: string, keys: SigningKeys): SigningKeys {
    const kept = this.#made.get(serverId) ?? keys
    this.#made.set(serverId, kept)
    return kept
  }
}
