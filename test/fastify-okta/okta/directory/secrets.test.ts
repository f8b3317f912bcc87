import t, { type Test } from 'tap'
import { buildApplication } from '../../../kit/application.js'
import { ADA, AUDIENCE } from '../../../kit/access-token.js'
import { hangUp, Issuer, json, type Answer } from '../../../kit/issuer.js'
import { usualKey } from '../../../kit/signing-key.js'

const TOKEN = '00Secret-abcdefghijklmnopqrstuvwxyz012345'
/** Of each, pieces of this length must not be found. */
const PIECE_LENGTH = 12
const MAX_LINE_LENGTH = 8000

function piecesOf (secret: string): string[] {
  return Array.from({ length: secret.length - PIECE_LENGTH }, (_, i) => secret.slice(i, i + PIECE_LENGTH))
}

async function build (t: Test, directory: Record<string, unknown>): Promise<{ org: Issuer, ask: () => Promise<number>, lines: string[] }> {
  const lines: string[] = []
  const org = await Issuer.start(t)
  const issuer = await Issuer.start(t)
  const logger = { level: 'trace', stream: { write: (line: string) => { lines.push(line) } } }
  const { ask } = await buildApplication(t, {
    issuer,
    fastify: { logger },
    options: { issuer: issuer.url, audience: AUDIENCE, directory: { orgUrl: org.origin, userCacheTtlMs: 0, cooldownMs: 0, timeoutMs: 5000, ...directory } as never }
  })
  return { org, ask: async () => (await ask('/me')).statusCode, lines }
}

/** Answers that hold what was sent. */
const ANSWERS: Record<string, Answer> = {
  'a 502 page that echoes the request': (request, response) => { response.writeHead(502, { 'content-type': 'text/html' }).end(JSON.stringify(request.headers)) },
  'a 500 page of 1 MB': json(500, `${TOKEN} `.repeat(25_000)),
  'an error of Okta\'s that quotes it': (request, response) => { json(400, { errorCode: String(request.headers.authorization), errorSummary: JSON.stringify(request.headers) })(request, response) },
  'an error body whose causes are no array': (request, response) => { json(403, { errorCode: 'E0000006', errorSummary: request.headers.authorization, errorCauses: 1 })(request, response) },
  'a 200 that is no user': (request, response) => { json(200, JSON.stringify(request.headers).slice(1))(request, response) },
  'a user whose id is the token': (request, response) => { json(200, { id: request.headers.authorization, status: 1 })(request, response) },
  'a redirect': (request, response) => { json(302, {}, { location: `/${String(request.headers.authorization)}` })(request, response) },
  'a Link that holds it': (request, response) => { json(200, [], { link: `<http://[${String(request.headers.authorization)}>; rel="next"` })(request, response) },
  'no valid headers': request => { request.socket.end(`HTTP/1.1 200 OK\r\n${String(request.headers.authorization)}\r\n\r\n`) },
  'a closed connection': hangUp
}

t.test('no piece of the API token gets into the log, however Okta and the network fail', async (t) => {
  for (const [title, answer] of Object.entries(ANSWERS)) {
    const { org, ask, lines } = await build(t, { token: TOKEN })
    org.answer = answer
    t.equal(await ask(), 503, title)
    const log = lines.join('')
    t.ok(log.includes('DirectoryFailure') || log.includes('Okta refuses'), `${title} is logged`)
    t.same(piecesOf(TOKEN).filter((piece) => log.includes(piece)), [], title)
    t.ok(lines.every((line) => line.length < MAX_LINE_LENGTH), title)
  }
})

t.test('nor of the assertion, the proof and the access token of a service app', async (t) => {
  for (const [title, answer] of Object.entries(ANSWERS)) {
    const { org, ask, lines } = await build(t, { clientId: '0oa1', scopes: ['okta.users.read'], privateKey: usualKey.privateKey.export({ format: 'jwk' }) })
    const echo: Answer = (request, response) => {
      if (request.url === '/oauth2/v1/token') json(200, { access_token: TOKEN })(request, response)
      else answer(request, response)
    }
    for (const next of [answer, echo]) {
      org.answer = next
      t.equal(await ask(), 503, title)
    }
    const sent = org.requests.flatMap(({ body, headers }) => [...new URLSearchParams(body).values(), String(headers['dpop'])]).filter((text) => text.length > 100)
    const log = lines.join('')
    t.same([TOKEN, ...sent].flatMap(piecesOf).filter((piece) => log.includes(piece)), [], title)
    t.ok(lines.every((line) => line.length < MAX_LINE_LENGTH), title)
  }
})

t.test('a refused API token is one line for the operator, which says why', async (t) => {
  const { org, ask, lines } = await build(t, { token: TOKEN })
  const errors = (): object[] => lines.map((line) => JSON.parse(line) as { level: number, msg: string }).filter(({ level, msg }) => level === 50 && msg.startsWith('Okta'))
  org.answer = json(401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' })
  for (let i = 0; i < 3; i++) t.equal(await ask(), 503)
  t.match(errors(), [{ reason: 'refused', status: 401, errorCode: 'E0000011', msg: 'Okta refuses the API token (401 E0000011): revoked, expired or of another org' }])
  t.equal(errors().length, 1)

  org.answer = (request, response) => {
    const isGroups = request.url?.endsWith('/groups') === true
    json(isGroups ? 403 : 200, isGroups ? { errorCode: 'E0000006' } : { id: ADA, status: 'ACTIVE', profile: {} })(request, response)
  }
  t.equal(await ask(), 503)
  t.match(errors()[1], { reason: 'refused', status: 403, errorCode: 'E0000006' })
})
