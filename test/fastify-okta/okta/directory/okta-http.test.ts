import t, { type Test } from 'tap'
import { OktaHttp, type ApiCredentials, type OktaResponse } from '#fastify-okta/okta/directory/okta-http.js'
import { hangUp, html, Issuer, json, type Answer } from '../../../kit/issuer.js'
import { failureOf } from '../../../kit/refusal.js'

type Get = (url: string, signal?: AbortSignal) => Promise<OktaResponse>

const API_TOKEN: ApiCredentials = { name: 'API token', headersFor: async () => ({ authorization: 'SSWS secret' }), renew: () => false }

async function create (t: Test, credentials = API_TOKEN, onRateLimit?: (remaining: number, limit: number | undefined) => void): Promise<{ org: Issuer, http: OktaHttp, get: Get }> {
  const org = await Issuer.start(t)
  const http = new OktaHttp({ orgUrl: org.origin, credentials, onRateLimit })
  return { org, http, get: async (url, signal = new AbortController().signal) => await http.send({ url, method: 'GET', headers: {} }, signal) }
}

t.test('a request goes to the org with the credentials, and its response comes back', async (t) => {
  const { org, get } = await create(t)
  org.answer = json(200, { a: 1 })
  const { status, text } = await get(`${org.origin}/api/v1/users`)

  t.same([status, JSON.parse(text)], [200, { a: 1 }])
  t.match(org.requests, [{ url: '/api/v1/users', headers: { authorization: 'SSWS secret' } }])
})

t.test('requests to any other origin are not sent', async (t) => {
  const { org, get } = await create(t)
  const other = await Issuer.start(t)
  const { port } = new URL(org.origin)
  const elsewhere = [
    other.origin, `http://localhost:${port}`, `https://127.0.0.1:${port}`, `http://127.0.0.1.nip.io:${port}`, `http://127.0.0.1:${port}@${new URL(other.origin).host}`,
    'http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', 'data:,a', 'not a URL'
  ]
  for (const url of elsewhere) await t.rejects(get(url), { message: 'refused to follow a pagination link to another origin' }, url)
  t.same([...org.requests, ...other.requests], [])
})

t.test('the targets of a Link header may be relative', async (t) => {
  const { org, get } = await create(t)
  const links: Record<string, string> = {
    '</api/v1/users?after=x>; rel="next"': `<${org.origin}/api/v1/users?after=x>; rel="next"`,
    '<?after=x>; rel="next"': `<${org.origin}/api/v1/users?after=x>; rel="next"`,
    '<https://example.com/x>; rel="next"': '<https://example.com/x>; rel="next"',
    '<http://>; rel="next"': '<http://>; rel="next"'
  }
  for (const [link, expected] of Object.entries(links)) {
    org.answer = json(200, [], { link })
    t.equal((await get(`${org.origin}/api/v1/users`)).headers['link'], expected)
  }
})

t.test('the meaning of a failure comes from Okta\'s own error body, not from the status alone', async (t) => {
  const { org, get } = await create(t)
  const okta = (status: number, errorCode: string): Answer => json(status, { errorCode, errorSummary: 'secret' })
  const failures: Array<[Answer, object]> = [
    [okta(401, 'E0000011'), { reason: 'refused', isOutage: true, message: 'Okta refuses the API token (401 E0000011): revoked, expired or of another org' }],
    [okta(403, 'E0000006'), { reason: 'refused', isOutage: false, message: 'Okta refuses the API token (403 E0000006): it may not do this' }],
    [okta(404, 'E0000007'), { status: 404, errorCode: 'E0000007' }],
    [okta(404, 'E0000008'), { reason: 'unavailable', isOutage: true }],
    [okta(400, 'E0000001'), { reason: 'unavailable', isOutage: false, status: 400 }],
    [okta(500, 'E0000009'), { reason: 'unavailable', isOutage: true }],
    [okta(429, 'E0000047'), { reason: 'rate_limited', isOutage: true, waitMs: 1000 }],
    [json(404, { error: 'no route' }), { reason: 'unavailable', isOutage: true, errorCode: undefined }],
    [json(404, { errorCode: 'secret' }), { reason: 'unavailable', isOutage: true, errorCode: undefined }],
    [json(401, '<h1>Sign in to the proxy</h1>'), { reason: 'unavailable', isOutage: true }],
    [json(403, 'null'), { reason: 'unavailable', isOutage: true }],
    [json(302, {}, { location: '/elsewhere' }), { reason: 'unavailable', isOutage: true }],
    [hangUp, { reason: 'unavailable', isOutage: true, message: 'Okta could not be reached', code: 'UND_ERR_SOCKET' }]
  ]
  for (const [answer, expected] of failures) {
    org.answer = answer
    const failure = await failureOf(get(`${org.origin}/api/v1/users`)) as Error
    t.match(failure, expected)
    t.notMatch(JSON.stringify([failure.message, failure]), 'secret')
    t.equal(failure.cause, undefined)
  }
})

t.test('a response is read up to 8 MiB', async (t) => {
  const { org, get } = await create(t)
  org.answer = json(200, 'a'.repeat(8 * 1024 * 1024))
  t.equal((await get(org.origin)).text.length, 8 * 1024 * 1024)

  for (const status of [200, 500]) {
    org.answer = json(status, 'a'.repeat(8 * 1024 * 1024 + 1))
    t.match(await failureOf(get(org.origin)), { message: 'the response is larger than 8 MiB', isOutage: true })
  }
})

t.test('a request that is aborted is a failure without the words of the network', async (t) => {
  const { org, get } = await create(t)
  t.match(await failureOf(get(org.origin, AbortSignal.abort(new Error('secret')))), { message: 'Okta could not be reached' })
})

t.test('the number of calls that Okta still accepts is reported, if it is a number', async (t) => {
  const reported: number[] = []
  const { org, get } = await create(t, API_TOKEN, (remaining) => { reported.push(remaining) })
  for (const [status, remaining] of [[200, '599'], [429, '0'], [200, ''], [200, 'many'], [200, '-1'], [200, '1.5'], [200, '1,2'], [200, '9'.repeat(10)]] as const) {
    org.answer = json(status, {}, { 'x-rate-limit-remaining': remaining })
    await get(`${org.origin}/api/v1/users`).catch(() => {})
  }
  t.same(reported, [599, 0])
})

t.test('Okta has answered if it was Okta: with a success or an error of its own', async (t) => {
  const { org, http, get } = await create(t)
  const answers: Array<[Answer, boolean]> = [
    [json(200, {}), true], [json(404, { errorCode: 'E0000007' }), true], [json(500, { errorCode: 'E0000009' }), true],
    [json(404, {}), false], [html, true], [json(502, '<h1>Bad Gateway</h1>'), false], [hangUp, false]
  ]
  for (const [i, [answer, expected]] of answers.entries()) {
    const before = performance.now()
    org.answer = answer
    await get(org.origin).catch(() => {})
    t.equal(http.hasAnsweredSince(before), expected, String(i))
  }
})

t.test('a 401 is tried once more if the credentials can be renewed', async (t) => {
  let generation = 1
  const { org, get } = await create(t, {
    name: 'service app',
    headersFor: async () => ({ authorization: `Bearer ${generation}` }),
    renew: ({ authorization }) => { t.equal(authorization, 'Bearer 1'); generation++; return true }
  })
  org.answer = (request, response) => {
    const isNew = request.headers.authorization === 'Bearer 2'
    json(isNew ? 200 : 401, isNew ? {} : { errorCode: 'E0000011' })(request, response)
  }
  t.equal((await get(org.origin)).status, 200)
  t.equal(org.requests.length, 2)

  generation = 1
  org.answer = json(401, { errorCode: 'E0000011' })
  t.match(await failureOf(get(org.origin)), { reason: 'refused', message: /^Okta refuses the service app/ })
  t.equal(org.requests.length, 4, 'and no more than once')
})
