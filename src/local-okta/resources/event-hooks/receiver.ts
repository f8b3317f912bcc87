import type { EventHookChannel } from './store.js'

/** How long Okta waits for a receiver, in milliseconds. */
const TIMEOUT_MS = 3000
/** The first attempt, and the one that follows where that is not answered, or with a 5xx. */
const ATTEMPTS = 2

/** What a receiver has answered. */
export interface ReceiverAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** What is sent to a receiver: a challenge by GET, or events by POST. */
export interface ReceiverRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Calls the receiver of a hook, with the headers of its channel; a second time where it does not answer within 3 s or
 * answers with a 5xx, and never after a 4xx. Follows no redirect. Gives undefined where nothing answers; does not throw.
 */
export async function callReceiver (
  channel: EventHookChannel, request: ReceiverRequest, stopped: AbortSignal
): Promise<ReceiverAnswer | undefined> {
  let answer: ReceiverAnswer | undefined
  for (let attempt = 0; attempt < ATTEMPTS && !stopped.aborted; attempt++) {
    answer = await attemptCall(channel, request, stopped).catch(() => undefined)
    if (answer !== undefined && answer.status < 500) break
  }
  return answer
}

async function attemptCall (
  { uri, headers, authScheme }: EventHookChannel, { method, headers: own, body }: ReceiverRequest, stopped: AbortSignal
): Promise<ReceiverAnswer> {
  const controller = new AbortController()
  const abort = (): void => { controller.abort() }
  const timer = setTimeout(abort, TIMEOUT_MS).unref()
  stopped.addEventListener('abort', abort)
  try {
    const response = await fetch(uri, {
      method,
      redirect: 'manual',
      signal: controller.signal,
      headers: [
        ...[...headers, ...(authScheme === null ? [] : [authScheme])].map(({ key, value }): [string, string] => [key, value]),
        ...Object.entries(own)
      ],
      ...(body === undefined ? {} : { body })
    })
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', body: await response.text() }
  } finally {
    clearTimeout(timer)
    stopped.removeEventListener('abort', abort)
  }
}
