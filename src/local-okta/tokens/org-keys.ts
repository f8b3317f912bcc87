import { createKeyPair } from './signing-keys.js'
import type { KeyPair } from './signing-keys.js'

/** The two keys of the org. */
interface OrgKeyPairs {
  /** Signs access tokens for the org's own APIs. Published nowhere. */
  readonly accessTokenKey: KeyPair
  /** Signs ID tokens, logout tokens of Universal Logout and security event tokens. Published at `/oauth2/v1/keys`. */
  readonly idTokenKey: KeyPair
}

/** The signing keys of the org itself, made when they are first needed. */
export class OrgKeys {
  #keys: Promise<OrgKeyPairs> | undefined

  /** Both keys. */
  async all (): Promise<OrgKeyPairs> {
    return (this.#keys ??= createKeys())
  }
}

async function createKeys (): Promise<OrgKeyPairs> {
  const [accessTokenKey, idTokenKey] = await Promise.all([createKeyPair(), createKeyPair()])
  return { accessTokenKey, idTokenKey }
}
