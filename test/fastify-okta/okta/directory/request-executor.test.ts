import sdk from '@okta/okta-sdk-nodejs'
import t, { type Test } from 'tap'
import { createRequestExecutor } from '#fastify-okta/okta/directory/request-executor.js'
import { hang, Issuer, json, type Answer } from '../../../kit/issuer.js'
import { failureOf } from '../../../kit/refusal.js'

interface Response { readonly status: number, text (): Promise<string> }
type Fetch = (url: string) => Promise<Response>

const NONCE_WANTED: Answer = json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'a' })

async function create (t: Test, timeoutMs = 2000, onRateLimit?: (remaining: number) => void): Promise<{ org: Issuer, fetch: Fetch, tokenUrl: string }> {
  const org = await Issuer.start(t)
  const executor = createRequestExecutor(sdk.RequestExecutor, { orgUrl: org.origin, timeoutMs, onRateLimit })
  return {
    org,
    fetch: async url => await executor.fetch({ url, method: 'GET', headers: { authorization: 'SSWS secret' } } as never) as Response,
    tokenUrl: `${org.origin}/oauth2/v1/token`
  }
}

t.test('requests to the org go out, and its answers come in as they are', async t => {
  const { org, fetch } = await create(t)
  for (const status of [200, 404, 429, 500]) {
    org.answer = json(status, { status })
    const response = await fetch(`${org.origin}/api/v1/users`)
    t.equal(response.status, status)
    t.same(JSON.parse(await response.text()), { status })
  }
  t.match(org.requests[0], { url: '/api/v1/users', headers: { authorization: 'SSWS secret' } })
  t.equal(org.requests.length, 4, 'nothing is repeated')
})

t.test('what an answer says is left of the rate limit is told, if it is a number', async t => {
  const told: number[] = []
  const { org, fetch, tokenUrl } = await create(t, 2000, remaining => { told.push(remaining) })
  const answered = async (status: number, remaining: string, url = `${org.origin}/api/v1/users`): Promise<void> => {
    org.answer = json(status, {}, { 'x-rate-limit-remaining': remaining })
    await fetch(url)
  }
  await answered(200, '599')
  await answered(429, '0')
  for (const remaining of ['', 'many', '-1', '1.5', '1,2', '9'.repeat(10)]) await answered(200, remaining)
  await answered(200, '9', tokenUrl)

  t.same(told, [599, 0], 'that of tokens of its own is another limit')
})

t.test('requests to anybody else do not', async t => {
  const { org, fetch } = await create(t)
  const other = await Issuer.start(t)
  const { port } = new URL(org.origin)
  const elsewhere = [
    other.origin, `http://localhost:${port}`, `https://127.0.0.1:${port}`, `http://127.0.0.1.nip.io:${port}`, `http://127.0.0.1:${port}@${new URL(other.origin).host}`,
    'http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', 'data:,a'
  ]
  for (const url of elsewhere) await t.rejects(fetch(url), { message: 'Okta linked to another origin' }, url)
  await t.rejects(fetch('not a URL'), TypeError)
  t.same([...org.requests, ...other.requests], [])
})

t.test('a redirect is a failure', async t => {
  const { org, fetch } = await create(t)
  org.answer = json(302, {}, { location: `${org.origin}/elsewhere` })

  t.match(await failureOf(fetch(`${org.origin}/api/v1/users`)), { type: 'no-redirect' })
  t.equal(org.requests.length, 1)
})

t.test('no answer in time is a failure', async t => {
  const { org, fetch } = await create(t, 50)
  org.answer = hang

  t.match(await failureOf(fetch(`${org.origin}/api/v1/users`)), { type: 'request-timeout' })
})

t.test('an answer is read up to 8 MiB', async t => {
  const { org, fetch } = await create(t)
  org.answer = json(200, 'a'.repeat(8 * 1024 * 1024))
  t.equal((await (await fetch(org.origin)).text()).length, 8 * 1024 * 1024)

  org.answer = json(200, 'a'.repeat(8 * 1024 * 1024 + 1))
  t.match(await failureOf(fetch(org.origin).then(async response => await response.text())), { type: 'max-size' })
})

t.test('a refusal of an access token is an error, and its answer elsewhere is not', async t => {
  const { org, fetch, tokenUrl } = await create(t)
  org.answer = json(401, { error: 'invalid_client', error_description: 'secret' })

  await t.rejects(fetch(tokenUrl), { status: 401, error: 'invalid_client', message: 'Okta refused an access token to the service app: 401 invalid_client' })
  for (const url of [`${tokenUrl}/`, `${tokenUrl}?a=b`, `${org.origin}/api/v1/users`]) t.equal((await fetch(url)).status, 401, url)

  org.answer = json(200, { access_token: 'a' })
  t.same(JSON.parse(await (await fetch(tokenUrl)).text()), { access_token: 'a' }, 'an access token is handed on')
})

t.test('a wanted nonce is handed on to the SDK, three times in a row', async t => {
  const { org, fetch, tokenUrl } = await create(t)
  org.answer = NONCE_WANTED
  for (let i = 0; i < 3; i++) t.equal((await fetch(tokenUrl)).status, 400)
  t.match(await failureOf(fetch(tokenUrl)), { error: 'use_dpop_nonce' })

  for (const between of [json(200, {}), json(401, { error: 'invalid_client' })]) {
    org.answer = between
    await fetch(tokenUrl).catch(() => {})
    org.answer = NONCE_WANTED
    for (let i = 0; i < 3; i++) t.equal((await fetch(tokenUrl)).status, 400, 'the count begins anew')
    t.match(await failureOf(fetch(tokenUrl)), { error: 'use_dpop_nonce' })
  }
})
