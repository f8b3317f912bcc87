import { SigningKeys } from './signing-keys.js'
import type { KeyPair } from './signing-keys.js'

/** The signing keys of each custom authorization server. They are made when they are first needed: to make them takes long. */
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

  /** The same at once. Keys that are not made yet hold everything up for some tenths of a second. */
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

  // the first that are made stay, if both ways are under way
  #keep (serverId: string, keys: SigningKeys): SigningKeys {
    const kept = this.#made.get(serverId) ?? keys
    this.#made.set(serverId, kept)
    return kept
  }
}
