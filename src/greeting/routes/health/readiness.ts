import type { FastifyBaseLogger } from 'fastify'
import { DirectoryUnavailableError, type FastifyOkta, type ReadinessProblem } from 'fastify-okta'

/** Something that is missing, and why, for operators. */
export interface Missing {
  readonly part: 'keys' | 'directory'
  /** One word; of `keys`, what came of the last fetch. */
  readonly reason: string
  /** What it means and what can be done about it. */
  readonly message: string
}

/** The reason that time does not remove: somebody has to change a setting, or something in Okta. */
const NEEDS_OPERATOR = 'refused'

/**
 * Knows whether the service could decide about a token now, and logs each change of that once: what is missing and why, and
 * that it is ready again.
 */
export class Readiness {
  readonly #okta: Pick<FastifyOkta, 'isReady'>
  readonly #log: FastifyBaseLogger
  readonly #credentials: string
  #lastLogged = ''

  /** @param credentials the setting that holds the credentials of the directory */
  constructor (okta: Pick<FastifyOkta, 'isReady'>, log: FastifyBaseLogger, credentials: string) {
    this.#okta = okta
    this.#log = log
    this.#credentials = credentials
  }

  /** What is missing now; empty if the service is ready. Asks Okta's API at most once in ten seconds. Does not reject. */
  async check (): Promise<readonly Missing[]> {
    const { problems } = await this.#okta.isReady()
    const missing = problems.map((problem) => explain(problem, this.#credentials))
    this.#logChange(missing)
    return missing
  }

  #logChange (missing: readonly Missing[]): void {
    const state = missing.map(({ part, message }) => `${part}: ${message}`).join('; ')
    if (state === this.#lastLogged) return
    this.#lastLogged = state
    if (missing.length === 0) {
      this.#log.info('ready again')
      return
    }
    const level = missing.some(({ reason }) => reason === NEEDS_OPERATOR) ? 'error' : 'warn'
    this.#log[level]({ missing: missing.map(({ part }) => part), reasons: missing.map(({ reason }) => reason) }, `not ready: ${missing.map(({ message }) => message).join('; ')}`)
  }
}

/** Whether a request failed because Okta refuses the service's own credentials. Other outages may be over by the next probe. */
export function isCredentialsRefusal (error: unknown): boolean {
  if (!(error instanceof DirectoryUnavailableError)) return false
  const { reason, cause } = error as { reason?: unknown, cause?: unknown }
  return reason === NEEDS_OPERATOR || (cause as { status?: unknown } | undefined)?.status === 401
}

function explain (problem: ReadinessProblem, credentials: string): Missing {
  const { part, reason } = problem
  return { part, reason, message: part === 'keys' ? `the keys of the issuer cannot be read (${reason})` : explainDirectory(problem, credentials) }
}

function explainDirectory ({ reason, status, errorCode }: ReadinessProblem, credentials: string): string {
  const answer = [status, errorCode].filter(Boolean).join(' ')
  switch (reason) {
    case 'refused': return status === 403
      ? `Okta does not let ${credentials} read users and groups (${answer}): a permission or scope is missing`
      : `Okta refuses ${credentials} (${answer}): revoked, expired or of another org`
    case 'rate_limited': return 'the rate limit of Okta\'s API is used up'
    default: return `Okta's API is unavailable${answer === '' ? '' : ` (${answer})`}`
  }
}
