import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { FastifyOktaError } from '../errors.js'
import type { LastMessage, MessageSource, ReceivedMessage } from '../okta/events/received-message.js'
import type { SafeRecorder } from '../recorder.js'

interface MessageLogOptions {
  readonly log: FastifyBaseLogger
  readonly recorder: Pick<SafeRecorder, 'recordMessage'>
}

/** Logs and counts the messages of Okta, and knows when the last one of each source came. */
export class MessageLog {
  readonly #options: MessageLogOptions
  /** When each source was last heard of, in milliseconds since the epoch; sources that are off are absent. */
  readonly #last = new Map<MessageSource, number | null>()

  constructor (options: MessageLogOptions) {
    this.#options = options
  }

  get lastMessages (): readonly LastMessage[] {
    return [...this.#last].map(([source, at]) => ({ source, ageSeconds: at === null ? null : Math.max(0, Math.round((Date.now() - at) / 1000)) }))
  }

  /** A source is on. */
  add (source: MessageSource): void {
    this.#last.set(source, null)
  }

  /** A source was heard of, though perhaps it had nothing to tell. */
  note (source: MessageSource): void {
    this.#last.set(source, Date.now())
  }

  accept (message: ReceivedMessage, request?: FastifyRequest): void {
    const { source, type, effect, uids, delaySeconds, state } = message
    const { log, recorder } = this.#options
    this.note(source)
    recorder.recordMessage(source, effect, delaySeconds)
    const uid = uids.length > 1 ? uids : uids[0]
    log.info({ reqId: request?.id, source, type, uid, effect, delaySeconds, state }, 'a message of Okta was accepted')
  }

  /** Counts a refusal; the application logs it, as it logs any request that was refused. */
  refuse (source: MessageSource): void {
    this.#options.recorder.recordMessage(source, 'refused')
  }

  /** Counts and logs a refusal whose answer does not pass through the application's error handler. */
  refuseAndLog (source: MessageSource, error: unknown, request: FastifyRequest): void {
    this.refuse(source)
    const { code, reason, claim, expected, received } = error as Readonly<Record<string, unknown>>
    const facts = error instanceof FastifyOktaError ? { code, reason, claim, expected, received } : { code }
    this.#options.log.info({ reqId: request.id, route: request.routeOptions.url, source, ...facts }, 'a message of Okta was refused')
  }
}
