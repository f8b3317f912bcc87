import { IssuerUnavailableError } from '../errors.js'
import { readClockSkewSeconds } from './clock-skew.js'
import { FetchFailedError, fetchJson, type FetchedJson } from './fetch-json.js'
import { readKeySet, type IssuerKey, type KeySet } from './json-web-key-set.js'

export type { IssuerKey } from './json-web-key-set.js'

export interface IssuerKeysOptions {
  readonly jwksUri: string
  /** How long a key set may be used without asking again, in milliseconds; less where `Cache-Control: max-age` says so. */
  readonly freshForMs: number
  /** The least time between two fetches, whether they failed or not, in milliseconds. */
  readonly cooldownMs: number
  /** How long a key set may be used while the issuer is away, in milliseconds from its fetch. */
  readonly staleForMs: number
  /** How long one fetch may take, in milliseconds. */
  readonly timeoutMs: number
  /** Called after every fetch. */
  readonly onFetch?: (outcome: { error: unknown } | FetchedKeySet) => void
}

/** A key set as it was fetched. */
export type FetchedKeySet = KeySet & {
  /** How far this machine's clock is ahead of the issuer's; `undefined` where the issuer does not say. */
  readonly clockSkewSeconds: number | undefined
}

const MAX_BYTES = 256 * 1024
const MAX_RETRY_AFTER_MS = 300_000
/** The part of its time after which a fresh set is renewed in the background, so that nobody waits for it. */
const RENEW_AFTER = 0.8

/**
 * The keys of one issuer, and the one place that fetches them (RFC 7517; Okta: `{issuer}/v1/keys`).
 *
 * What it promises: one fetch in flight at most; never two within the cooldown, failed ones counted; a set older
 * than `freshForMs` is not used while the issuer answers; while it does not, the last good set is, up to
 * `staleForMs`; a document without a usable key never replaces a good set.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  #keys: ReadonlyMap<string, IssuerKey> = new Map()
  #loadedAt = -Infinity
  #freshUntil = -Infinity
  #renewAt = -Infinity
  #nextFetchAt = -Infinity
  #lastFetchFailed = false
  #lastFailure: unknown
  #fetching: Promise<void> | undefined

  constructor (options: IssuerKeysOptions) {
    this.#options = options
  }

  /** The key, if the set in memory may be used now. Never waits. `undefined` means no more than: use {@link find}. */
  getCached (kid: string): IssuerKey | undefined {
    return this.#isUsable() ? this.#keys.get(kid) : undefined
  }

  /** Starts to fetch the keys in the background once they have reached most of their age, so that no request waits for it. */
  renewIfDue (): void {
    const now = performance.now()
    if (now >= this.#renewAt) this.#fetchInBackground(now)
  }

  /**
   * The key, after a fetch if one is called for and the cooldown allows it; `undefined` if the issuer has no such key.
   *
   * @throws {IssuerUnavailableError} the issuer is unavailable, and what is in memory cannot tell
   */
  async find (kid: string): Promise<IssuerKey | undefined> {
    this.renewIfDue()
    const key = this.getCached(kid)
    if (key !== undefined) return key
    this.#fetchInBackground(performance.now())
    await this.#fetching
    return this.#lookUp(kid)
  }

  #lookUp (kid: string): IssuerKey | undefined {
    const now = performance.now()
    const found = now < this.#loadedAt + this.#options.staleForMs ? this.#keys.get(kid) : undefined
    if (found === undefined && (this.#lastFetchFailed || this.#loadedAt === -Infinity)) {
      throw new IssuerUnavailableError(Math.max(1, Math.ceil((this.#nextFetchAt - now) / 1000)), { cause: this.#lastFailure })
    }
    return found
  }

  /** Fetches the keys unless the cooldown forbids it. Does not throw: {@link isReady} tells. */
  async load (): Promise<void> {
    this.#fetchInBackground(performance.now())
    await this.#fetching
  }

  /** Whether there are keys that may be used now; fetches them if they are old, unless the cooldown forbids it. Does not throw. */
  async isReady (): Promise<boolean> {
    if (!this.#isUsable()) await this.load()
    return this.#isUsable()
  }

  /** Why the last fetch failed, in one of a few fixed sentences; `null` if it did not. */
  get failure (): string | null {
    if (!this.#lastFetchFailed) return null
    return this.#lastFailure instanceof FetchFailedError ? this.#lastFailure.message : 'could not be read'
  }

  #isUsable (): boolean {
    const now = performance.now()
    return now < this.#freshUntil || this.#mayServeStale(now)
  }

  #mayServeStale (now: number): boolean {
    return this.#lastFetchFailed && now < this.#loadedAt + this.#options.staleForMs
  }

  #fetchInBackground (now: number): void {
    if (this.#fetching !== undefined || now < this.#nextFetchAt) return
    this.#fetching = this.#fetch().finally(() => { this.#fetching = undefined })
  }

  async #fetch (): Promise<void> {
    const { jwksUri, cooldownMs, timeoutMs, onFetch } = this.#options
    try {
      const fetched = await fetchJson(jwksUri, { headers: { accept: 'application/json' } }, { timeoutMs, maxBytes: MAX_BYTES })
      const set = await readKeySet(fetched.document, this.#keys)
      if (set.keys.size === 0) throw new FetchFailedError('answered no key that may be used')
      this.#keep(set, fetched)
      onFetch?.({ ...set, clockSkewSeconds: readClockSkewSeconds(fetched.headers) })
    } catch (error) {
      const retryAfterMs = error instanceof FetchFailedError ? (error.retryAfterSeconds ?? 0) * 1000 : 0
      this.#lastFetchFailed = true
      this.#lastFailure = error
      this.#nextFetchAt = performance.now() + Math.max(cooldownMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS))
      onFetch?.({ error })
    }
  }

  #keep (set: KeySet, { headers }: FetchedJson): void {
    const { cooldownMs, freshForMs } = this.#options
    const now = performance.now()
    const maxAgeMs = readMaxAgeSeconds(headers) * 1000
    const freshMs = Math.max(cooldownMs, Math.min(maxAgeMs, freshForMs))
    this.#keys = set.keys
    this.#loadedAt = now
    this.#freshUntil = now + freshMs
    this.#renewAt = now + freshMs * RENEW_AFTER
    this.#nextFetchAt = now + cooldownMs
    this.#lastFetchFailed = false
  }
}

/** `max-age` of `Cache-Control` (RFC 9111 section 5.2.2.1); Infinity where there is none, 0 for `no-store` and `no-cache`. */
function readMaxAgeSeconds (headers: Headers): number {
  const value = headers.get('cache-control') ?? ''
  if (/\bno-(?:store|cache)\b/i.test(value)) return 0
  const maxAge = /\bmax-age=(\d{1,10})\b/i.exec(value)?.[1]
  return maxAge === undefined ? Infinity : Number(maxAge)
}
