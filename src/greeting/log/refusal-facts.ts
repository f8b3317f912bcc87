import { DirectoryUnavailableError, FastifyOktaError } from 'fastify-okta'

/** What helps an operator to find the cause of a refusal, beside the request. Fields that an error does not have are `undefined`. */
interface RefusalFacts {
  /** Of any error: what went wrong, in one word. */
  readonly code: string | undefined
  /** Why, in one word. */
  readonly reason: string | undefined
  /** The claim that was refused. */
  readonly claim: string | undefined
  /** What the claim must be, by the settings of this service. */
  readonly expected: Fact
  /** What the claim was: `iss` and `aud` only. */
  readonly received: Fact
  /** The group, or groups, of which membership is required. */
  readonly group: Fact
  /** The scope that is required. */
  readonly scope: string | undefined
  /** The status of a user who is not active. */
  readonly status: string | undefined
}

/** Whether Okta refuses the service's own credentials: waiting does not help, and the cause is a line of its own in the log. */
export function isCredentialsRefusal (error: unknown): boolean {
  return error instanceof DirectoryUnavailableError && error.reason === 'refused'
}

type Fact = string | number | readonly string[] | undefined

/** Of what came with a request, no more is logged. */
const MAX_RECEIVED_LENGTH = 200
/** No control, format or private characters, and of separators the space alone. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u
/** The beginning of a JSON object in base64url, as of a token's header. */
const LOOKS_LIKE_A_TOKEN = /eyJ[\w-]{10}/

/** Reads the facts that the errors of this package carry. Does NOT read anything but `code` of another error: it could be anything. */
export function refusalFacts (error: unknown): RefusalFacts {
  const { code, reason, claim, expected, received, groups, scope, userStatus } = (error ?? {}) as Record<string, unknown>
  const isOurs = error instanceof FastifyOktaError
  return {
    code: text(code),
    reason: isOurs ? text(reason) : undefined,
    claim: isOurs ? text(claim) : undefined,
    expected: isOurs ? fact(expected) : undefined,
    received: isOurs ? printable(fact(received)) : undefined,
    group: isOurs ? oneOrMore(fact(groups)) : undefined,
    scope: isOurs ? text(scope) : undefined,
    status: isOurs ? text(userStatus) : undefined
  }
}

function text (value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function fact (value: unknown): Fact {
  if (typeof value === 'string' || typeof value === 'number') return value
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

function oneOrMore (value: Fact): Fact {
  return Array.isArray(value) && value.length === 1 ? value[0] as string : value
}

function printable (value: Fact): Fact {
  const whole = Array.isArray(value) ? value.join('') : String(value)
  return whole.length <= MAX_RECEIVED_LENGTH && PRINTABLE.test(whole) && !LOOKS_LIKE_A_TOKEN.test(whole) ? value : undefined
}
