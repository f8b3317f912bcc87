import type { Test } from 'tap'
import { IssuerUnavailableError } from '#fastify-okta/errors.js'
import { IssuerKeys, type IssuerKeysOptions } from '#fastify-okta/oauth/issuer-keys.js'
import type { KeySet } from '#fastify-okta/oauth/json-web-key-set.js'
import { stopClock, type Clock } from '../../kit/clock.js'
import { Issuer } from '../../kit/issuer.js'

type Outcome = { error: unknown } | KeySet

/** An issuer, its keys as they are held here, and a clock that stands still. */
export interface Held {
  readonly issuer: Issuer
  readonly keys: IssuerKeys
  readonly clock: Clock
  readonly outcomes: Outcome[]
  /** Waits until this many fetches have ended. */
  fetched (count: number): Promise<void>
}

export const FRESH_MS = 600_000
export const COOLDOWN_MS = 10_000
export const CEILING_MS = 86_400_000

export async function hold (t: Test, options: Partial<IssuerKeysOptions> = {}): Promise<Held> {
  const issuer = await Issuer.start(t)
  const outcomes: Outcome[] = []
  let onOutcome = (): void => {}
  const keys = new IssuerKeys({
    jwksUri: issuer.jwksUri,
    keysTtlMs: FRESH_MS,
    keysCooldownMs: COOLDOWN_MS,
    keysCeilingMs: CEILING_MS,
    keysTimeoutMs: 2000,
    onFetch: outcome => {
      outcomes.push(outcome)
      onOutcome()
    },
    ...options
  })
  const fetched = async (count: number): Promise<void> => {
    while (outcomes.length < count) await new Promise<void>(resolve => { onOutcome = resolve })
    // The fetch is over one turn after it has reported its outcome.
    await new Promise(resolve => { setImmediate(resolve) })
  }
  return { issuer, keys, clock: stopClock(t), outcomes, fetched }
}

/** What comes of a lookup: the key's modulus, nothing, or 503 and when to try again. */
export async function look (keys: IssuerKeys, kid: string): Promise<string | undefined> {
  try {
    return (await keys.find(kid))?.jwk.n
  } catch (error) {
    if (error instanceof IssuerUnavailableError) return `503 after ${error.retryAfterSeconds} s`
    throw error
  }
}
