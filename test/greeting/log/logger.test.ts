import t from 'tap'
import { pino } from 'pino'
import { IssuerUnavailableError } from 'fastify-okta'
import { loggerOptions } from '#greeting/log/logger.js'

/** A logger of the service, and its lines. */
function createLogger () {
  const lines: string[] = []
  const stream = { write: (line: string) => { lines.push(line) } }
  const { stream: _stream, ...options } = loggerOptions('info', stream) as { stream: unknown }
  return { logger: pino(options, stream), lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

t.test('a request, an error or headers that are logged whole lose their credentials', async (t) => {
  const { logger, lines, parsed } = createLogger()
  const headers = { authorization: 'Bearer swordfish', dpop: 'swordfish', cookie: 'swordfish', accept: '*/*' }
  const cause = Object.assign(new Error('no answer'), { request: { headers }, code: 'ECONNRESET', status: 502 })
  logger.info({ headers })
  logger.info({ query: { access_token: 'swordfish', code: 'swordfish', timeZone: 'UTC' } })
  logger.info({ req: { method: 'GET', url: '/?token=swordfish', headers, routeOptions: { url: '/' } } })
  logger.error({ err: Object.assign(new Error('failed', { cause }), { config: { headers } }) })
  logger.error({ err: 'swordfish' })

  t.notMatch(lines.join(''), /swordfish/)
  t.match(parsed(), [
    { headers: { accept: '*/*' } },
    { query: { timeZone: 'UTC' } },
    { req: { method: 'GET', route: '/' } },
    { err: { message: 'failed', cause: { message: 'no answer', code: 'ECONNRESET', status: 502 } } }
  ])
})

t.test('the message of another package is cut, and loses what looks like credentials', async (t) => {
  const { logger, lines, parsed } = createLogger()
  const apiToken = '00Secret-abcdefghijklmnopqrstuvwxyz012345'
  const messages = [
    `SSWS ${apiToken}\n is not a legal HTTP header value`,
    'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl was sent',
    `<html>${apiToken}</html>`,
    'x '.repeat(500_000)
  ]
  for (const message of messages) logger.error({ err: new IssuerUnavailableError(1, { cause: new TypeError(message) }) })

  t.notMatch(lines.join(''), /Secret-abc|eyJhbG|c2lnbm/)
  for (const line of lines) t.ok(line.length < 5000, 'a page of a megabyte is not a line of a megabyte')
  t.match(parsed()[0]?.['err'], {
    type: 'IssuerUnavailableError',
    code: 'FST_OKTA_ISSUER_UNAVAILABLE',
    message: 'access tokens cannot be verified now',
    stack: /^ {4}at /,
    cause: { type: 'TypeError', message: 'SSWS [redacted]\n is not a legal HTTP header value' }
  })
})
