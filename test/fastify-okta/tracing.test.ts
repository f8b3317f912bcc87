import { tracingChannel, type TracingChannelSubscribers } from 'node:diagnostics_channel'
import t, { type Test } from 'tap'
import { TRACING_CHANNELS } from 'fastify-okta'
import { GROUP } from '../kit/access-token.js'
import { buildApplication } from '../kit/application.js'
import { startOrg } from '../kit/org.js'

type Message = Readonly<Record<string, unknown>> & { readonly error?: { readonly code?: string, readonly reason?: string } }

interface Published {
  readonly channel: keyof typeof TRACING_CHANNELS
  readonly event: 'start' | 'asyncEnd'
  readonly message: Message
}

/** What the channels publish until the test ends: the starts and the ends. */
function follow (t: Test): Published[] {
  const published: Published[] = []
  for (const [channel, name] of Object.entries(TRACING_CHANNELS) as Array<[Published['channel'], string]>) {
    const note = (event: Published['event']) => (message: unknown) => { published.push({ channel, event, message: { ...message as Message } }) }
    const subscribers: TracingChannelSubscribers<object> = { start: note('start'), end () {}, asyncStart () {}, asyncEnd: note('asyncEnd'), error () {} }
    tracingChannel(name).subscribe(subscribers)
    t.teardown(() => { tracingChannel(name).unsubscribe(subscribers) })
  }
  return published
}

t.test('a request is a guard, a verification and a lookup, each with its start and its end', async (t) => {
  const org = await startOrg(t)
  const published = follow(t)
  const { issuer, audience, apiToken: token, orgUrl } = org
  const { app } = await buildApplication(t, { options: { issuer, audience, directory: { token } } })
  t.match(published.splice(0), [
    { channel: 'keysFetch', event: 'start', message: { url: `${issuer}/v1/keys`, error: undefined } },
    { channel: 'keysFetch', event: 'asyncEnd', message: { error: undefined } }
  ], 'the keys are fetched at the start')

  const accessToken = await org.mintAccessToken({ user: 'ada@example.com' })
  const request = { url: '/greet', headers: { authorization: `Bearer ${accessToken}` } }
  t.equal((await app.inject(request)).statusCode, 200)
  t.same(published.splice(0), [
    { channel: 'guard', event: 'start', message: { guard: 'requireGroup' } },
    { channel: 'verification', event: 'start', message: {} },
    { channel: 'verification', event: 'asyncEnd', message: { result: undefined } },
    { channel: 'lookup', event: 'start', message: { url: orgUrl } },
    { channel: 'lookup', event: 'asyncEnd', message: { url: orgUrl, result: undefined } },
    { channel: 'guard', event: 'asyncEnd', message: { guard: 'requireGroup', result: undefined } }
  ], 'and nothing of the token or the user')

  t.equal((await app.inject(request)).statusCode, 200)
  t.same(published.map(({ channel }) => channel), ['guard', 'guard'], 'the second time all is in memory')
})

t.test('what an operation failed with is in its message', async (t) => {
  const { app, ask } = await buildApplication(t)
  const published = follow(t)

  t.equal((await ask('/greet', { claims: { aud: 'api://other' } })).statusCode, 401)
  const ends = published.filter(({ event }) => event === 'asyncEnd')
  t.match(ends, [
    { channel: 'verification', message: { error: { code: 'FST_OKTA_INVALID_TOKEN', reason: 'audience' } } },
    { channel: 'guard', message: { guard: 'requireGroup', error: { code: 'FST_OKTA_INVALID_TOKEN' } } }
  ])
  t.equal((await app.inject('/greet')).headers['www-authenticate'] !== undefined, true, 'and the answer has its challenge')
})

t.test('a traced guard refuses and lets pass as one that is not traced', async (t) => {
  const { app, issuer, ask } = await buildApplication(t)
  const requests = {
    member: { claims: { groups: [GROUP] } },
    other: { claims: { groups: ['Others'] } },
    expired: { claims: { exp: 1 } }
  }
  const tokens = Object.fromEntries(Object.entries(requests).map(([name, difference]) => [name, issuer.mint(difference)]))
  async function answers (): Promise<unknown> {
    return await Promise.all(Object.values(tokens).map(async (token) => {
      const { statusCode, headers, body } = await ask('/greet', token)
      return [statusCode, headers['www-authenticate'], body]
    }))
  }
  const untraced = await answers()
  follow(t)
  t.same(await answers(), untraced)
  t.equal((await app.inject('/anybody')).statusCode, 200, 'identify without credentials')
  t.equal((await app.inject('/greet')).statusCode, 401)
})
