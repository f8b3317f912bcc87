import t from 'tap'
import { FetchFailedError, fetchJson, type FetchLimits } from '#fastify-okta/oauth/fetch-json.js'
import { freePort } from '../../kit/free-port.js'
import { hang, hangUp, html, Issuer, json, type Answer } from '../../kit/issuer.js'

const LIMITS: FetchLimits = { timeoutMs: 5000, maxBytes: 100 }

async function failureOf (fetched: Promise<unknown>): Promise<FetchFailedError> {
  const error: unknown = await fetched.then(() => undefined, (reason: unknown) => reason)
  if (error instanceof FetchFailedError) return error
  throw new Error('it did not fail as it should', { cause: error })
}

t.test('a document is fetched with its headers', async t => {
  const issuer = await Issuer.start(t)
  issuer.answer = json(200, { a: [1] }, { 'cache-control': 'max-age=60' })
  const { document, headers } = await fetchJson(issuer.url, { method: 'POST', headers: { accept: 'application/json' }, body: 'a=b' }, LIMITS)

  t.strictSame(document, { a: [1] })
  t.equal(headers.get('cache-control'), 'max-age=60')
  t.match(issuer.requests, [{ method: 'POST', body: 'a=b', headers: { accept: 'application/json' } }])
})

t.test('whatever goes wrong is said without a word of the server\'s', async t => {
  const failures: Record<string, [Answer, string]> = {
    'an error of the server\'s': [json(500, 'secret'), 'answered 500'],
    'another success': [json(201, {}), 'answered 201'],
    'no content': [(_request, response) => { response.writeHead(204).end() }, 'answered 204'],
    'a document that has not changed': [(_request, response) => { response.writeHead(304).end() }, 'answered 304'],
    html: [html, 'the response is not JSON'],
    'half a document': [json(200, '{"a":'), 'the response is not JSON'],
    nothing: [json(200, ''), 'the response is not JSON'],
    'a closed connection': [hangUp, 'could not be reached'],
    'a body that breaks off': [(request, response) => {
      response.writeHead(200, { 'content-length': '50' })
      response.write('{"a":')
      setImmediate(() => request.socket.destroy())
    }, 'could not be reached']
  }
  for (const [title, [answer, message]] of Object.entries(failures)) {
    const issuer = await Issuer.start(t)
    issuer.answer = answer
    const { message: actual, retryAfterSeconds, cause } = await failureOf(fetchJson(issuer.url, {}, LIMITS))

    t.equal(actual, message, title)
    t.equal(retryAfterSeconds, undefined)
    t.equal(cause, undefined)
  }
})

t.test('a document may be parsed more strictly', async t => {
  const issuer = await Issuer.start(t)
  issuer.answer = json(200, '{"a":1}')
  t.same((await fetchJson(issuer.url, {}, { ...LIMITS, parse: bytes => [bytes.toString()] })).document, ['{"a":1}'])
  t.equal((await failureOf(fetchJson(issuer.url, {}, { ...LIMITS, parse: () => undefined }))).message, 'the response is not JSON')
})

t.test('what cannot be parsed is not quoted in the cause either', async t => {
  const issuer = await Issuer.start(t)
  issuer.answer = json(200, 'secret')

  t.equal((await failureOf(fetchJson(issuer.url, {}, LIMITS))).cause, undefined)
})

t.test('a redirect is not followed', async t => {
  const elsewhere = await Issuer.start(t)
  elsewhere.answer = json(200, {})
  for (const status of [301, 302, 303, 307, 308]) {
    const issuer = await Issuer.start(t)
    issuer.answer = json(status, {}, { location: elsewhere.url })

    t.equal((await failureOf(fetchJson(issuer.url, {}, LIMITS))).message, `answered ${status}`)
  }
  t.same(elsewhere.requests, [])
})

t.test('a document of the maximum size is accepted, and a larger one is refused', async t => {
  const issuer = await Issuer.start(t)
  issuer.answer = json(200, `"${'a'.repeat(98)}"`)
  t.equal((await fetchJson(issuer.url, {}, LIMITS)).document, 'a'.repeat(98))

  issuer.answer = json(200, `"${'a'.repeat(99)}"`)
  t.equal((await failureOf(fetchJson(issuer.url, {}, LIMITS))).message, 'answered more than 100 bytes')
})

t.test('a document without an end is not read on', async t => {
  const issuer = await Issuer.start(t)
  const closed = new Promise<void>(resolve => {
    issuer.answer = (_request, response) => {
      const timer = setInterval(() => response.write('a'.repeat(64)), 1)
      response.on('close', () => { clearInterval(timer); resolve() })
    }
  })

  t.equal((await failureOf(fetchJson(issuer.url, {}, LIMITS))).message, 'answered more than 100 bytes')
  await closed
})

t.test('a document in several pieces is put together before it is decoded', async t => {
  const issuer = await Issuer.start(t)
  const bytes = Buffer.from('"é"')
  issuer.answer = (_request, response) => {
    response.write(bytes.subarray(0, 2))
    setTimeout(() => response.end(bytes.subarray(2)), 20)
  }

  t.equal((await fetchJson(issuer.url, {}, LIMITS)).document, 'é')
})

t.test('the time holds for the whole exchange', async t => {
  const answers: Record<string, Answer> = {
    'no answer': hang,
    'no end of it': (_request, response) => { response.writeHead(200).write('{') }
  }
  for (const [title, answer] of Object.entries(answers)) {
    const issuer = await Issuer.start(t)
    issuer.answer = answer
    t.equal((await failureOf(fetchJson(issuer.url, {}, { ...LIMITS, timeoutMs: 50 }))).message, 'did not answer in time', title)
  }
})

t.test('of a network error only the code is kept', async (t) => {
  const error = await failureOf(fetchJson(`http://127.0.0.1:${await freePort()}/`, {}, LIMITS))

  t.match(error, { message: 'could not be reached', code: 'ECONNREFUSED' })
  t.equal(error.cause, undefined)
  const unsendable = await failureOf(fetchJson('http://127.0.0.1:1/', { headers: { authorization: 'Bearer secret\n' } }, LIMITS))
  t.notMatch(JSON.stringify([unsendable.message, unsendable.cause, unsendable]), 'secret')
})

t.test('a byte order mark before the document is ignored', async (t) => {
  const issuer = await Issuer.start(t)
  issuer.answer = json(200, '\ufeff{"a":1}')

  t.same((await fetchJson(issuer.url, {}, LIMITS)).document, { a: 1 })
})

t.test('Retry-After is handed on in seconds, and in no other form', async t => {
  const issuer = await Issuer.start(t)
  const values: Record<string, number | undefined> = {
    0: 0, 7: 7, 999999: 999_999, 1000000: undefined, '-1': undefined, 1.5: undefined, '1e3': undefined, soon: undefined, 'Fri, 31 Dec 2027 23:59:59 GMT': undefined
  }
  for (const [value, expected] of Object.entries(values)) {
    issuer.answer = json(429, {}, { 'retry-after': value })
    t.equal((await failureOf(fetchJson(issuer.url, {}, LIMITS))).retryAfterSeconds, expected, value)
  }
})
