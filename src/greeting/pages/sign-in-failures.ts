import type { FastifyInstance } from 'fastify'

/** The views of `src/browser/failure.ts`, by which a user saw that a sign-in or a sign-out failed. */
const FAILURES = [
  'storage-blocked', 'okta-unavailable', 'okta-silent', 'not-set-up', 'sign-in-refused', 'sign-in-expired', 'sign-in-unsafe', 'page-failed'
]

const BODY_LIMIT_BYTES = 256
const MAX_LINES_PER_MINUTE = 10
const MINUTE_MS = 60_000

interface Report {
  readonly failure: string
  readonly code: string
}

const ReportBody = {
  type: 'object',
  required: ['failure', 'code'],
  additionalProperties: false,
  properties: { failure: { type: 'string', enum: FAILURES }, code: { type: 'string', pattern: '^[a-z0-9_]{1,40}$' } }
}

/**
 * `POST /sign-in-failures`: the page's script reports that Okta, or the browser, kept somebody from signing in or out. The
 * service sees none of that itself, since browsers talk to Okta directly.
 *
 * Anybody can send reports, so a line holds two short words of a fixed form, says that a browser reported them, and there are
 * at most 10 lines per minute; the next line counts those that were left out.
 */
export function acceptSignInFailures (app: FastifyInstance): void {
  let [windowStart, lines, omitted] = [0, 0, 0]
  app.post<{ Body: Report }>('/sign-in-failures', {
    bodyLimit: BODY_LIMIT_BYTES,
    schema: { hide: true, body: ReportBody }
  }, (request, reply) => {
    const now = performance.now()
    if (now - windowStart > MINUTE_MS) [windowStart, lines] = [now, 0]
    if (lines < MAX_LINES_PER_MINUTE) {
      const { failure, code } = request.body
      request.log.warn({ reqId: request.id, failure, code, ...(omitted === 0 ? {} : { omitted }) }, 'a browser reports that a sign-in or sign-out failed')
      ;[lines, omitted] = [lines + 1, 0]
    } else {
      omitted++
    }
    return reply.code(204).send()
  })
}
