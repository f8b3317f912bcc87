import type { FastifyInstance } from 'fastify'
import type { DirectoryRefusal, LastMessage, ReadinessProblem } from 'fastify-okta'

/** Something that is missing, and why, for operators. */
interface Missing {
  readonly part: ReadinessProblem['part']
  /** One word; of `keys`, what came of the last fetch. */
  readonly reason: string
  /** What it means and what can be done about it. */
  readonly message: string
}

/** Whether the service is ready, and when it last heard of Okta. */
export interface ReadinessReport {
  /** Empty if the service is ready. */
  readonly missing: readonly Missing[]
  /** The ways in which Okta tells of sign-outs and changes that are on. */
  readonly messages: readonly LastMessage[]
}

/** The reason that time does not remove: somebody has to change a setting, or something in Okta. */
const NEEDS_OPERATOR = 'refused'

/**
 * Knows whether the service could decide about a token now, and logs each change of that once: what is missing and why, and
 * that it is ready again. That Okta refuses the service's credentials is one line at `error`.
 */
export class Readiness {
  readonly #app: Pick<FastifyInstance, 'log' | 'okta'>
  readonly #credentials: string
  #lastLogged = ''
  #lastRefusal: string | undefined

  /** @param credentials the setting that holds the credentials of the directory */
  constructor (app: Pick<FastifyInstance, 'log' | 'okta'>, credentials: string) {
    this.#app = app
    this.#credentials = credentials
  }

  /** What is missing now. Calls Okta's API at most once in ten seconds. Does not reject. */
  async check (): Promise<ReadinessReport> {
    const { problems, messages } = await this.#app.okta.isReady()
    const missing = problems.map((problem) => ({ part: problem.part, reason: problem.reason, message: explain(problem, this.#credentials) }))
    this.#logChange(missing)
    return { missing, messages }
  }

  /** Logs that Okta refuses the credentials, unless the last line about them says the same. */
  noteRefusal (refusal: DirectoryRefusal): void {
    const message = explainRefusal(refusal, this.#credentials)
    if (!this.#isNewRefusal(message)) return
    const { status, errorCode } = refusal
    this.#app.log.error({ reason: NEEDS_OPERATOR, status, errorCode }, message)
  }

  #logChange (missing: readonly Missing[]): void {
    const state = missing.map(({ part, message }) => `${part}: ${message}`).join('; ')
    if (state === this.#lastLogged) return
    this.#lastLogged = state
    if (missing.length === 0) {
      this.#lastRefusal = undefined
      this.#app.log.info('ready again')
      return
    }
    const refusal = missing.find(({ reason }) => reason === NEEDS_OPERATOR)
    const level = refusal !== undefined && this.#isNewRefusal(refusal.message) ? 'error' : 'warn'
    this.#app.log[level]({ missing: missing.map(({ part }) => part), reasons: missing.map(({ reason }) => reason) }, `not ready: ${missing.map(({ message }) => message).join('; ')}`)
  }

  #isNewRefusal (message: string): boolean {
    const isNew = message !== this.#lastRefusal
    this.#lastRefusal = message
    return isNew
  }
}

function explain ({ part, reason, ...answer }: ReadinessProblem, credentials: string): string {
  if (part === 'keys') return `the keys of the issuer cannot be read (${reason})`
  if (part === 'revocations') return 'the revocations of other replicas are not read yet'
  switch (reason) {
    case NEEDS_OPERATOR: return explainRefusal({ status: answer.status, errorCode: answer.errorCode, action: 'read' }, credentials)
    case 'rate_limited': return 'the rate limit of Okta\'s API is used up'
    default: return `Okta's API is unavailable${inParentheses(answer)}`
  }
}

function explainRefusal (refusal: DirectoryRefusal, credentials: string): string {
  return refusal.status === 403
    ? `Okta does not let ${credentials} ${refusal.action === 'change' ? 'change profiles' : 'read users and groups'}${inParentheses(refusal)}: a permission or scope is missing`
    : `Okta refuses ${credentials}${inParentheses(refusal)}: revoked, expired or of another org`
}

function inParentheses ({ status, errorCode, code }: Partial<DirectoryRefusal> & Pick<ReadinessProblem, 'code'>): string {
  const answer = [status, errorCode, code].filter(Boolean).join(' ')
  return answer === '' ? '' : ` (${answer})`
}
