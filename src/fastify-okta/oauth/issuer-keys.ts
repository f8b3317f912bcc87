import { IssuerUnavailableError } from '../errors.js'
import { traceKeysFetch } from '../tracing.js'
import { readAgeSeconds, readClockSkewSeconds } from './clock-skew.js'
import { FetchFailedError, fetchJson, type FetchedJson } from './fetch-json.js'
import { readKeySet, type IssuerKey, type KeySet } from './json-web-key-set.js'

export type { IssuerKey } from './json-web-key-set.js'

export interface IssuerKeysOptions {
  readonly jwksUri: string
  /** How long a key set may be used without another fetch, in milliseconds; less if `Cache-Control` and `Age` say so. */
  readonly keysTtlMs: number
  /** The least time between two fetches, whether they failed or not, in milliseconds. */
  readonly keysCooldownMs: number
  /** How long a key set may be used while the issuer is unavailable, in milliseconds since its fetch. */
  readonly keysCeilingMs: number
  /** How long one fetch may take, in milliseconds. */
  readonly keysTimeoutMs: number
  /** Called after every fetch. */
  readonly onFetch?: (outcome: { error: unknown } | FetchedKeySet) => void
}

/** A key set as it was fetched. */
type FetchedKeySet = KeySet & {
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
 * What it promises: at most one fetch in flight; never two within the cooldown, failed ones counted; a set older
 * than `keysTtlMs` is not used while the issuer answers; while it does not, the last good set is used, up to
 * `keysCeilingMs`; a document without a usable key never replaces a good set.
 *
 * A key that is missing from a new set is gone at once, with one exception: replicas of an issuer may differ while it rotates
 * its keys, so a key that the set before had, less than two cooldowns ago, stays usable until then, and the set is
 * fetched again.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  #keys: ReadonlyMap<string, IssuerKey> = new Map()
  /** Keys that the last set no longer had, and the one before it had just now. */
  #withdrawn: ReadonlyMap<string, { readonly key: IssuerKey, readonly usableUntil: number }> = new Map()
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

  /**
   * The key, if the set in memory may be used now. Never waits. Once the set has reached most of its age it is fetched again
   * in the background, so that no request waits for it. `undefined` means no more than: use {@link find}.
   */
  getCached (kid: string): IssuerKey | undefined {
    const now = performance.now()
    if (now >= this.#renewAt) this.#fetchInBackground(now)
    return this.#isUsable(now) ? this.#get(kid, now) : undefined
  }

  /**
   * The key, after a fetch if one is called for and the cooldown allows it; `undefined` if the issuer has no such key.
   *
   * @throws {IssuerUnavailableError} the issuer is unavailable, and what is in memory cannot tell
   */
  async find (kid: string): Promise<IssuerKey | undefined> {
    const key = this.getCached(kid)
    if (key !== undefined) return key
    this.#fetchInBackground(performance.now())
    await this.#fetching
    return this.#lookUp(kid)
  }

  #lookUp (kid: string): IssuerKey | undefined {
    const now = performance.now()
    const found = now < this.#loadedAt + this.#options.keysCeilingMs ? this.#get(kid, now) : undefined
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
    if (!this.#isUsable(performance.now())) await this.load()
    return this.#isUsable(performance.now())
  }

  /** Why the last fetch failed, in one of a few fixed sentences; `null` if it did not. */
  get failure (): string | null {
    if (!this.#lastFetchFailed) return null
    return this.#lastFailure instanceof FetchFailedError ? this.#lastFailure.message : 'could not be read'
  }

  #isUsable (now: number): boolean {
    return now < this.#freshUntil || this.#mayServeStale(now)
  }

  #mayServeStale (now: number): boolean {
    return this.#lastFetchFailed && now < this.#loadedAt + this.#options.keysCeilingMs
  }

  /** The keys in memory, whether they may be used or not: one that comes again is the same object. */
  #known (): ReadonlyMap<string, IssuerKey> {
    return new Map([...[...this.#withdrawn].map(([kid, { key }]) => [kid, key] as const), ...this.#keys])
  }

  #fetchInBackground (now: number): void {
    if (this.#fetching !== undefined || now < this.#nextFetchAt) return
    this.#fetching = this.#fetch().finally(() => { this.#fetching = undefined })
  }

  async #fetch (): Promise<void> {
    const { jwksUri, keysCooldownMs, keysTimeoutMs, onFetch } = this.#options
    try {
      const fetched = await traceKeysFetch.run({ url: jwksUri }, async () => await fetchJson(jwksUri, { headers: { accept: 'application/json' } }, { timeoutMs: keysTimeoutMs, maxBytes: MAX_BYTES }))
      const set = await readKeySet(fetched.document, this.#known())
      if (set.keys.size === 0) throw new FetchFailedError('answered no key that may be used')
      this.#keep(set, fetched)
      onFetch?.({ ...set, clockSkewSeconds: readClockSkewSeconds(fetched.headers) })
    } catch (error) {
      const retryAfterMs = error instanceof FetchFailedError ? (error.retryAfterSeconds ?? 0) * 1000 : 0
      this.#lastFetchFailed = true
      this.#lastFailure = error
      this.#nextFetchAt = performance.now() + Math.max(keysCooldownMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS))
      onFetch?.({ error })
    }
  }

  #keep (set: KeySet, { headers }: FetchedJson): void {
    const { keysCooldownMs, keysTtlMs } = this.#options
    const now = performance.now()
    const freshMs = Math.max(keysCooldownMs, Math.min(readFreshSeconds(headers) * 1000, keysTtlMs))
    const hasWithdrawn = this.#keepWithdrawn(set, now)
    this.#keys = set.keys
    this.#loadedAt = now
    this.#freshUntil = now + freshMs
    this.#renewAt = now + (hasWithdrawn ? keysCooldownMs : freshMs * RENEW_AFTER)
    this.#nextFetchAt = now + keysCooldownMs
    this.#lastFetchFailed = false
  }

  /** Keeps the keys of the last set that are not in this one, if it does not mention their `kid`; `true` if there are any. */
  #keepWithdrawn ({ keys, refused }: KeySet, now: number): boolean {
    const isMentioned = (kid: string): boolean => keys.has(kid) || refused.some((key) => key.kid === kid)
    const usableUntil = this.#loadedAt + this.#options.keysCooldownMs * 2
    const before = [...this.#withdrawn, ...[...this.#keys].map(([kid, key]) => [kid, { key, usableUntil }] as const)]
    this.#withdrawn = new Map(before.filter(([kid, withdrawn]) => withdrawn.usableUntil > now && !isMentioned(kid)))
    return this.#withdrawn.size > 0
  }

  #get (kid: string, now: number): IssuerKey | undefined {
    const key = this.#keys.get(kid)
    if (key !== undefined || this.#withdrawn.size === 0) return key
    const withdrawn = this.#withdrawn.get(kid)
    return withdrawn !== undefined && now < withdrawn.usableUntil ? withdrawn.key : undefined
  }
}

/**
 * How much longer a response is fresh: its `max-age` less its `Age` (RFC 9111 sections 4.2 and 5.2.2.1). Infinity if it
 * does not say, 0 for `no-store` and `no-cache`.
 */
function readFreshSeconds (headers: Headers): number {
  const value = headers.get('cache-control') ?? ''
  if (/\bno-(?:store|cache)\b/i.test(value)) return 0
  const maxAge = /\bmax-age=(\d{1,10})\b/i.exec(value)?.[1]
  return maxAge === undefined ? Infinity : Math.max(0, Number(maxAge) - readAgeSeconds(headers))
}
