/** How long Okta waits for a receiver, in milliseconds. */
const TIMEOUT_MS = 3000
/** The first attempt, and the one that follows if that is not answered, or with a 5xx. */
const ATTEMPTS = 2
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** What a receiver has answered. */
interface ReceiverAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** What is sent to a receiver. */
export interface ReceiverRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body?: string
}

/** True for a URL that the org calls: https, as Okta demands, or http on the loopback, where there is no certificate. */
export function isReceiverUrl (url: string): boolean {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
}

/**
 * Calls a receiver; a second time if it does not answer within 3 s or answers with a 5xx, and never after a 4xx. The second
 * request is the same, unless `renew` makes another one. Follows no redirect. Gives undefined if nothing answers; does not
 * throw for that.
 *
 * So it is with event hooks. Whether Okta repeats other messages is unconfirmed.
 */
export async function callReceiver (
  request: ReceiverRequest, stopped: AbortSignal, renew: () => Promise<ReceiverRequest> = async () => request
): Promise<ReceiverAnswer | undefined> {
  let answer: ReceiverAnswer | undefined
  for (let attempt = 0; attempt < ATTEMPTS && !stopped.aborted; attempt++) {
    answer = await attemptCall(attempt === 0 ? request : await renew(), stopped).catch(() => undefined)
    if (answer !== undefined && answer.status < 500) break
  }
  return answer
}

async function attemptCall ({ url, method, headers, body }: ReceiverRequest, stopped: AbortSignal): Promise<ReceiverAnswer> {
  const controller = new AbortController()
  const abort = (): void => { controller.abort() }
  const timer = setTimeout(abort, TIMEOUT_MS).unref()
  stopped.addEventListener('abort', abort)
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: controller.signal,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body === undefined ? {} : { body })
    })
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', body: await response.text() }
  } finally {
    clearTimeout(timer)
    stopped.removeEventListener('abort', abort)
  }
}
