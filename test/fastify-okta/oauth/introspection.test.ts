import t, { type Test } from 'tap'
import { Introspection, type IntrospectionOptions } from '#fastify-okta/oauth/introspection.js'
import { stopClock } from '../../kit/clock.js'
import { hang, html, Issuer, json, type Answer } from '../../kit/issuer.js'
import { failureOf } from '../../kit/refusal.js'

async function start (t: Test, options: Partial<IntrospectionOptions> = {}): Promise<{ issuer: Issuer, introspection: Introspection, failures: unknown[] }> {
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

t.test('an answer that cannot be had, or is none, is an outage', async t => {
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
    const { issuer, introspection, failures } = await start(t, { timeoutMs: 300 })
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

t.test('more tokens at one time than may be asked about are answered 503, without asking', async t => {
  const { issuer, introspection, failures } = await start(t, { maxConcurrent: 2 })
  let open = (): void => {}
  const opened = new Promise<void>(resolve => { open = resolve })
  issuer.introspectionAnswer = response => { opened.then(() => { json(200, { active: true })(response, undefined as never) }, () => {}) }
  const asked = [introspection.introspect('a'), introspection.introspect('b'), introspection.introspect('a')]

  t.match(await failureOf(introspection.introspect('c')), { name: 'IssuerUnavailableError', retryAfterSeconds: 1 })
  t.same(failures, [])
  open()
  t.equal((await Promise.all(asked)).length, 3)
  t.ok(await introspection.introspect('c'))
})

t.test('nobody need be told of failures', async t => {
  const issuer = await Issuer.start(t)
  issuer.introspectionAnswer = json(500, {})
  const introspection = new Introspection({
    endpoint: `${issuer.url}/v1/introspect`, authenticateClient: async () => ({ headers: {}, parameters: {} }), timeoutMs: 2000, maxConcurrent: 1
  })

  t.match(await failureOf(introspection.introspect('a')), { name: 'IssuerUnavailableError' })
})
