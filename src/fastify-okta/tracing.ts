import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel'

/**
 * The names of the tracing channels of `node:diagnostics_channel` by which a host can measure what the plugin does, as in
 * `tracingChannel(TRACING_CHANNELS.lookup).subscribe(...)`. Without subscribers nothing is published.
 *
 * A message has the fields of {@link TracedGuard} or {@link TracedRequest}, and `error` if the operation failed. Never a
 * token, a claim or a user, and never a result.
 */
export const TRACING_CHANNELS = {
  /** A guard decides about a request: {@link TracedGuard}. */
  guard: 'fastify-okta.guard',
  /** An access token that is not in the cache is verified. The message is empty. */
  verification: 'fastify-okta.verification',
  /** The keys of an issuer are fetched: {@link TracedRequest}. */
  keysFetch: 'fastify-okta.keysFetch',
  /** A user and its groups are read from Okta's API: {@link TracedRequest}. */
  lookup: 'fastify-okta.lookup'
} as const

/** What a guard's message has. */
export interface TracedGuard {
  /** The guard, by its name on `app.okta`, such as `requireGroup`. */
  readonly guard: string
}

/** What the message of a request to Okta has. */
export interface TracedRequest {
  /** The issuer's `jwks_uri`, or the URL of the org. */
  readonly url: string
}

/** An operation that subscribers of its channel can follow. */
class Trace<Message extends object> {
  readonly #channel: TracingChannel<object>

  constructor (name: string) {
    this.#channel = tracingChannel(name)
  }

  /** Whether anything subscribes. Guards read it at every request: it takes about 4 ns. */
  get isOn (): boolean {
    return this.#channel.start.hasSubscribers
  }

  /** Runs the operation, and publishes its start, its end, and what it failed with. */
  async run<T> (message: Message, operation: () => Promise<T>): Promise<T> {
    if (!this.isOn) return await operation()
    let result: T | undefined
    // `tracePromise` would put the result into the message: it may be the claims of a token, or a user.
    await this.#channel.tracePromise(async () => { result = await operation() }, { ...message })
    return result as T
  }
}

export const traceGuard = new Trace<TracedGuard>(TRACING_CHANNELS.guard)
export const traceVerification = new Trace<Record<string, never>>(TRACING_CHANNELS.verification)
export const traceKeysFetch = new Trace<TracedRequest>(TRACING_CHANNELS.keysFetch)
export const traceLookup = new Trace<TracedRequest>(TRACING_CHANNELS.lookup)
