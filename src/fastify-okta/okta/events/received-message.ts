/** How Okta tells of sign-outs and changes. */
export const MESSAGE_SOURCES = Object.freeze(['event_hook', 'universal_logout', 'security_events', 'system_log'] as const)

/** One of {@link MESSAGE_SOURCES}. */
export type MessageSource = typeof MESSAGE_SOURCES[number]

/**
 * What came of a message: `revoked`: a user's tokens are refused from now on; `evicted`: a user or group is read again;
 * `repeated`: it had come before; `verified`: it only verifies the connection; `none`: it is of no consequence here, or its
 * subject is unknown.
 */
export const MESSAGE_EFFECTS = Object.freeze(['revoked', 'evicted', 'repeated', 'verified', 'none'] as const)

/** One of {@link MESSAGE_EFFECTS}. */
export type MessageEffect = typeof MESSAGE_EFFECTS[number]

/** A message that was accepted: for the log and for metrics. */
export interface ReceivedMessage {
  readonly source: MessageSource
  /** The type of the event, such as `user.session.clear`; at most 200 printable characters. */
  readonly type: string
  readonly effect: MessageEffect
  /** The ids of the users that it is about, at most ten of them; empty if none is known. */
  readonly uids: readonly string[]
  /** From what happened at Okta to here, in seconds, by the clocks of both; `undefined` if the message does not say when. */
  readonly delaySeconds: number | undefined
  /** Of a verification event of Shared Signals, what its requester made up. */
  readonly state?: string | undefined
}

/** When this process last heard of a source that is on. */
export interface LastMessage {
  readonly source: MessageSource
  /** Since the last accepted message, or the last reading of the System Log, in seconds; `null` if there was none. */
  readonly ageSeconds: number | null
}

const MAX_UIDS = 10
const PRINTABLE = /^[\x20-\x7e]{1,200}$/

/** Puts together what is logged of a message. */
export function createReceivedMessage ({ at, uids = [], ...facts }: Omit<ReceivedMessage, 'uids' | 'delaySeconds'> & {
  /** When it happened. */
  readonly at?: Date | undefined
  readonly uids?: readonly string[]
}): ReceivedMessage {
  return {
    ...facts,
    type: printable(facts.type) ?? 'unprintable',
    uids: uids.slice(0, MAX_UIDS),
    delaySeconds: at === undefined ? undefined : Math.max(0, (Date.now() - at.getTime()) / 1000)
  }
}

/** A string as a log line may show it; `undefined` if it is too long, or has other characters than visible ASCII and spaces. */
export function printable (value: unknown): string | undefined {
  return typeof value === 'string' && PRINTABLE.test(value) ? value : undefined
}
