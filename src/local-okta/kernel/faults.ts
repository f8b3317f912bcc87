import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from './clock.js'
import type { DeliveryFault, DeliveryKind } from './delivery-fault.js'
import { createErrorBody, invalid } from './errors.js'
import { findFaultIssue } from './fault-rules.js'
import type { Json } from './json.js'
import { isControl, splitUrl } from './requests.js'

const RATE_LIMIT = 50
const WINDOW_SECONDS = 60

/** A fault to inject into requests. Has one of `status`, `hang` and `drop`; with `delayMs` alone requests are answered as usual, but later. */
export interface Fault {
  /** A string equals the whole percent-decoded path, without the query; a regular expression is tested against path and query. */
  path: string | RegExp
  /** In any letter case. Default: any method. */
  method?: string
  /** Answers with this status instead of the real answer. 429 has Okta's rate-limit headers and body. */
  status?: number
  /** Override the fault's own headers. Need `status`. */
  headers?: Record<string, string>
  /** A string as it is, anything else as JSON. Default: Okta's error body for 4xx and 5xx. Needs `status`. */
  body?: unknown
  /** Waits before answering, in milliseconds. Default 0. */
  delayMs?: number
  /** Receives the request and never answers. */
  hang?: true
  /** Closes the connection without a byte. */
  drop?: true
  /** How many requests it applies to. Default: all until `clear()`. */
  times?: number
}

/** The faults in force. Of those that match a request or a delivery, the one added first applies. */
export class Faults {
  #faults: Array<{ fault: Fault | DeliveryFault, left: number }> = []

  /** Puts a fault in force, of requests or of deliveries. @throws {TypeError} naming the member that is wrong, and its rule */
  add (fault: Fault | DeliveryFault): void {
    const issue = findFaultIssue({ ...fault })
    if (issue) throw new TypeError(`fault.${issue.member} ${issue.cause}`)
    this.#faults.push({ fault, left: fault.times ?? Infinity })
  }

  /** The faults in force, in the order in which they were added. */
  list (): Array<Fault | DeliveryFault> {
    return this.#faults.map(({ fault }) => fault)
  }

  /** Ends one fault of that list. */
  remove (fault: Fault | DeliveryFault): void {
    this.#faults = this.#faults.filter((entry) => entry.fault !== fault)
  }

  /** Ends every fault. Requests that hang already stay hanging. */
  clear (): void {
    this.#faults = []
  }

  /** Takes the fault for this request, counting it as used. */
  take (method: string, url: string): Fault | undefined {
    // a fault for every path must not keep anybody from ending it
    if (isControl(url)) return undefined
    const { path, query } = splitUrl(url)
    const whole = query === '' ? path : `${path}?${query}`
    return this.#take((fault): fault is Fault => !('delivery' in fault) &&
      (fault.method === undefined || fault.method.toUpperCase() === method) &&
      (typeof fault.path === 'string' ? fault.path === path : whole.search(fault.path) !== -1))
  }

  /** Takes the fault for this delivery, counting it as used. */
  takeForDelivery (kind: DeliveryKind): DeliveryFault | undefined {
    return this.#take((fault): fault is DeliveryFault => 'delivery' in fault && (fault.delivery === 'all' || fault.delivery === kind))
  }

  #take<F extends Fault | DeliveryFault> (applies: (fault: Fault | DeliveryFault) => fault is F): F | undefined {
    for (const entry of this.#faults) {
      if (!applies(entry.fault)) continue
      entry.left -= 1
      if (entry.left <= 0) this.remove(entry.fault)
      return entry.fault
    }
    return undefined
  }
}

/**
 * Reads a fault from JSON: of deliveries if it has the member `delivery`, of requests otherwise. In the place of a regular
 * expression as `path` there is `pattern`, its source.
 *
 * @throws {OktaApiError} 400 E0000001 naming the member
 */
export function readFault (json: Json): Fault | DeliveryFault {
  const fault = 'delivery' in json ? json : readPattern(json)
  const issue = findFaultIssue(fault)
  if (issue) throw invalid(issue.member, issue.cause)
  return fault as unknown as Fault | DeliveryFault
}

/** A fault as JSON, as `readFault()` reads it. */
export function writeFault (fault: Fault | DeliveryFault): Json {
  if ('delivery' in fault || typeof fault.path === 'string') return { ...fault }
  const { path, ...others } = fault
  return { pattern: path.source, ...others }
}

function readPattern ({ pattern, ...fault }: Json): Json {
  if (pattern === undefined) return fault
  if (fault['path'] !== undefined) throw invalid('pattern', 'cannot be combined with path')
  try {
    if (typeof pattern === 'string' && pattern !== '') return { ...fault, path: new RegExp(pattern) }
  } catch {
    // not a regular expression
  }
  throw invalid('pattern', 'must be a regular expression, as a non-empty string')
}

/** A request that a fault is injected into. */
interface FaultyRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly clock: Clock
}

/** Applies an injected fault. True if the request has been answered or dropped; false if the real answer is still due. */
export async function injectFault (fault: Fault, { request, response, clock }: FaultyRequest): Promise<boolean> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { ref: false })
  if (fault.drop) {
    request.socket.destroy()
    return true
  }
  if (fault.hang) return true
  if (fault.status === undefined) return false
  const { status, headers = {} } = fault
  const body = bodyOf(fault)
  response.writeHead(status, { ...(status === 429 ? rateLimitHeaders(clock) : {}), ...typeOf(fault.body, body), ...headers })
  response.end(body)
  return true
}

function bodyOf ({ status = 500, body }: Fault): string {
  if (typeof body === 'string') return body
  if (body !== undefined) return JSON.stringify(body)
  if (status < 400) return ''
  return JSON.stringify(createErrorBody(status === 429 ? 'E0000047' : 'E0000009'))
}

function typeOf (given: unknown, body: string): Record<string, string> {
  if (body === '') return {}
  return { 'content-type': typeof given === 'string' ? 'text/plain' : 'application/json' }
}

function rateLimitHeaders (clock: Clock): Record<string, string> {
  return {
    'x-rate-limit-limit': String(RATE_LIMIT),
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': String(Math.floor(clock.now() / 1000) + WINDOW_SECONDS)
  }
}
