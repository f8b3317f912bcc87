import { SigningKeys } from './signing-keys.js'

/** The signing keys of each custom authorization server, made when they are first needed. */
export class ServerKeys {
  readonly #byServerId = new Map<string, Promise<SigningKeys>>()

  /** The keys of a server. */
  async of (serverId: string): Promise<SigningKeys> {
    const keys = this.#byServerId.get(serverId) ?? SigningKeys.create([])
    this.#byServerId.set(serverId, keys)
    return keys
  }

  /** Gives a server keys that exist already. */
  set (serverId: string, keys: SigningKeys): void {
    this.#byServerId.set(serverId, Promise.resolve(keys))
  }
}
