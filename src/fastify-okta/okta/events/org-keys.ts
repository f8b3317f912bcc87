import { IssuerKeys, type IssuerKey, type IssuerKeysOptions } from '../../oauth/issuer-keys.js'

interface OrgKeysOptions extends Omit<IssuerKeysOptions, 'jwksUri'> {
  /** The URL of the org, without a slash at the end. */
  readonly orgUrl: string
  /** A client that may be pinned to a key of its own; `null` if there is none. */
  readonly clientId: string | null
}

/**
 * The keys that sign ID tokens at the org authorization server, and the messages that Okta sends (okta-facts-2026 section
 * 2.2): `{org}/oauth2/v1/keys`, and for an app that is pinned to a key of its own `{org}/oauth2/v1/keys?client_id=...`.
 * They are not the keys of a custom authorization server. Fetched with the care, and within the limits, of {@link IssuerKeys}.
 */
export class OrgKeys {
  readonly #keys: IssuerKeys
  readonly #pinned: IssuerKeys | null

  constructor ({ orgUrl, clientId, ...options }: OrgKeysOptions) {
    const jwksUri = `${orgUrl}/oauth2/v1/keys`
    this.#keys = new IssuerKeys({ ...options, jwksUri })
    this.#pinned = clientId === null ? null : new IssuerKeys({ ...options, jwksUri: `${jwksUri}?client_id=${encodeURIComponent(clientId)}` })
  }

  /** Fetches the keys of the org, unless the cooldown forbids it. Does not throw. */
  async load (): Promise<void> {
    await this.#keys.load()
  }

  /**
   * The key; `undefined` if the org has no such key.
   *
   * @param isPinned whether a key that only the client has is accepted
   * @throws {IssuerUnavailableError} the org is unavailable, and what is in memory cannot tell
   */
  async find (kid: string, { isPinned }: { readonly isPinned: boolean }): Promise<IssuerKey | undefined> {
    const key = await this.#keys.find(kid)
    return key === undefined && isPinned ? await this.#pinned?.find(kid) : key
  }
}
