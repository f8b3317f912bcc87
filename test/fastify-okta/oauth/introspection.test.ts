import t, { type Test } from 'tap'
import { Introspection, type IntrospectionClientOptions } from '#fastify-okta/oauth/introspection.js'
import { stopClock } from '../../kit/clock.js'
import { hang, html, Issuer, json, type Answer } from '../../kit/issuer.js'
import { failureOf } from '../../kit/refusal.js'

async function start (t: Test, options: Partial<IntrospectionClientOptions> = {}): Promise<{ issuer: Issuer, introspection: Introspection, failures: unknown[] }> {
  const issuer = await Issuer.start(t)
  const failures: unknown[] = []
  const introspection = new Introspection({
    endpoint: `${issuer.url}/v1/introspect`,
    authenticateClient: async () => ({ headers: { authorization: 'Basic a' }, parameters: { client_assertion: 'b' } }),
    timeoutMs: 2000,
    maxConcurrent: 10,
    onFailure: error => { failures.push(error) },
    ...options
  })
  return { issuer, introspection, failures }
}

t.test('the token goes into the body of a POST, with the client\'s authentication', async t => {
  const { issuer, introspection } = await start(t)
  issuer.introspectionAnswer = json(200, { active: true, sub: 'ada' })

  t.strictSame(await introspection.introspect('a+b/c='), { active: true, sub: 'ada' })
  t.match(issuer.requests, [{
    method: 'POST',
    url: '/oauth2/default/v1/introspect',
    headers: { authorization: 'Basic a', accept: 'application/json', 'content-type': /^application\/x-www-form-urlencoded/ },
    body: 'token=a%2Bb%2Fc%3D&token_type_hint=access_token&client_assertion=b'
  }])
})

t.test('an active token is asked about each time, and once at one time', async t => {
  const { issuer, introspection } = await start(t)
  issuer.introspectionAnswer = json(200, { active: true })
  await Promise.all(Array.from({ length: 20 }, async () => await introspection.introspect('a')))
  t.equal(issuer.requests.length, 1)
  await introspection.introspect('a')
  t.equal(issuer.requests.length, 2)
  await Promise.all([introspection.introspect('a'), introspection.introspect('b')])
  t.equal(issuer.requests.length, 4)
})

t.test('a token that is not active is not asked about again for ten seconds', async t => {
  const { issuer, introspection } = await start(t)
  const clock = stopClock(t)
  t.equal(await introspection.introspect('a'), null)
  t.equal(await introspection.introspect('b'), null)
  clock.advance(9000)
  for (let i = 0; i < 5; i++) t.equal(await introspection.introspect('a'), null)
  t.equal(issuer.requests.length, 2)

  clock.advance(1001)
  await new Promise(resolve => { setTimeout(resolve, 10) })
  t.equal(await introspection.introspect('a'), null)
  t.equal(issuer.requests.length, 3)
})

t.test('no answer, or one that is not an introspection response, is an outage', async t => {
  const answers: Record<string, Answer> = {
    'a refusal of the client': json(401, { error: 'invalid_client' }),
    'an error': json(500, {}),
    'too many requests': json(429, {}),
    'no answer': hang,
    html,
    'a redirect': json(302, {}, { location: 'http://169.254.169.254/' }),
    'no word about it': json(200, {}),
    'a text': json(200, { active: 'true' }),
    'a number': json(200, { active: 1 }),
    null: json(200, 'null'),
    'two words about it': json(200, '{"active":false,"active":true}'),
    'a list': json(200, [{ active: true }]),
    'an oversized answer': json(200, { active: true, padding: 'a'.repeat(256 * 1024) })
  }
  for (const [title, answer] of Object.entries(answers)) {
    const { issuer, introspection, failures } = await start(t, { timeoutMs: 2000 })
    issuer.introspectionAnswer = answer
    const error = await failureOf(introspection.introspect('a'))

    t.match(error, { name: 'IssuerUnavailableError', statusCode: 503, retryAfterSeconds: 1, cause: Error }, title)
    t.equal(failures[0], (error as Error).cause)
    issuer.introspectionAnswer = json(200, { active: true })
    t.ok(await introspection.introspect('a'), 'a failure is not kept')
  }
})

t.test('a client that cannot authenticate itself asks nothing', async t => {
  const { issuer, introspection } = await start(t, { authenticateClient: async () => { throw new Error('no key') } })

  t.match(await failureOf(introspection.introspect('a')), { statusCode: 503, cause: { message: 'no key' } })
  t.same(issuer.requests, [])
})

/** Holds every answer back until it is released; active except for tokens of `random`. */
function holdAnswers (issuer: Issuer): () => void {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  issuer.introspectionAnswer = (request, response) => {
    const token = new URLSearchParams(issuer.requests.at(-1)?.body).get('token') ?? ''
    const answer = token.startsWith('random') ? { active: false } : { active: true, sub: token.split('-')[0] }
    opened.then(() => { json(200, answer)(request, response) }, () => {})
  }
  return open
}

t.test('more tokens at one time than may be introspected wait for their turn', async (t) => {
  const { issuer, introspection, failures } = await start(t, { maxConcurrent: 2 })
  const open = holdAnswers(issuer)
  const pending = ['a', 'b', 'a', 'c', 'd'].map(async (token) => await introspection.introspect(token))
  while (issuer.requests.length < 2) await new Promise((resolve) => { setTimeout(resolve, 1) })
  open()

  t.same((await Promise.all(pending)).map((introspected) => introspected?.sub), ['a', 'b', 'a', 'c', 'd'])
  t.equal(issuer.requests.length, 4)
  t.same(failures, [])
})

t.test('random tokens of one address do not keep tokens of other addresses waiting', async (t) => {
  const { issuer, introspection } = await start(t, { maxConcurrent: 2 })
  const open = holdAnswers(issuer)
  const flood = Array.from({ length: 200 }, async (_, i) => await introspection.introspect(`random-${i}`, '203.0.113.7').catch((error: unknown) => error))
  const ada = introspection.introspect('ada-1', '203.0.113.8')
  const grace = introspection.introspect('grace-1', '2001:db8::1')
  open()
  t.match(await Promise.all([ada, grace]), [{ sub: 'ada' }, { sub: 'grace' }])
  t.ok(issuer.requests.length < 20, 'before most of the flood')

  const answers = await Promise.all(flood)
  t.ok(answers.some((answer) => answer === null))
  t.match(answers.at(-1), { name: 'IssuerUnavailableError', retryAfterSeconds: 1 }, 'the flood is refused beyond its share')
  t.equal(issuer.requests.length, 2 + answers.filter((answer) => answer === null).length)
})

t.test('a token that was active before does not wait behind random tokens of its own address', async (t) => {
  const { issuer, introspection } = await start(t, { maxConcurrent: 2 })
  holdAnswers(issuer)()
  await introspection.introspect('ada-1', '203.0.113.7')
  const open = holdAnswers(issuer)
  const flood = Array.from({ length: 200 }, async (_, i) => await introspection.introspect(`random-${i}`, '203.0.113.7').catch((error: unknown) => error))
  const ada = introspection.introspect('ada-1', '203.0.113.7')
  open()
  t.match(await ada, { sub: 'ada' })
  t.ok(issuer.requests.length < 20, 'before most of the flood')
  await Promise.all(flood)
})

t.test('a byte order mark before an answer is ignored', async (t) => {
  const { issuer, introspection } = await start(t)
  issuer.introspectionAnswer = json(200, '\ufeff{"active":true}')
  t.ok(await introspection.introspect('a'))
})

t.test('failures need not be reported', async t => {
  const issuer = await Issuer.start(t)
  issuer.introspectionAnswer = json(500, {})
  const introspection = new Introspection({
    endpoint: `${issuer.url}/v1/introspect`, authenticateClient: async () => ({ headers: {}, parameters: {} }), timeoutMs: 2000, maxConcurrent: 1
  })

  t.match(await failureOf(introspection.introspect('a')), { name: 'IssuerUnavailableError' })
})
