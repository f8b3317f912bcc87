import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, get } from 'node:http'
import t from 'tap'
import { runServer, startOkta, type ServerProcess } from './service.js'

const USER = '/api/v1/users/00uadalovelace000001'

interface SlowServer {
  readonly server: ServerProcess
  readonly origin: string
  readonly authorization: string
  /** Waits until a request is under way: the service has asked the directory for its user. */
  underWay (): Promise<void>
}

/** A server whose directory takes its time. */
async function startServer (t: Parameters<typeof runServer>[0], delayMs: number): Promise<SlowServer> {
  const okta = await startOkta(t)
  okta.faults.add({ path: USER, delayMs })
  const server = runServer(t, { OKTA_OAUTH2_ISSUER: okta.issuer, OKTA_CLIENT_TOKEN: okta.apiToken, PORT: '0', LOG_LEVEL: 'info' })
  const output = await server.printed('Server listening at')
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] as string
  return {
    server,
    origin,
    authorization: `Bearer ${await okta.mintAccessToken()}`,
    underWay: async () => {
      while (!okta.requests.some(({ path }) => path === USER)) await sleep(10)
      await sleep(100)
    }
  }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal}: requests under way end in their own answer, new ones are not taken, the exit code is 0`, async t => {
    const { server, origin, authorization, underWay } = await startServer(t, 1000)
    const slow = Array.from({ length: 3 }, async () => await fetch(`${origin}/greet`, { headers: { authorization } }))
    await underWay()
    server.process.kill(signal)
    await sleep(200)

    await t.rejects(fetch(`${origin}/livez`), 'a new connection')
    for (const response of await Promise.all(slow)) {
      t.equal(response.status, 200)
      t.match(await response.json(), { name: 'Ada Lovelace' })
    }
    t.equal(await server.exited, 0)
    t.equal(server.errors(), '')
  })
}

t.test('a connection that is kept alive holds nothing up, though its last request ended during the stop', async t => {
  const { server, origin, authorization, underWay } = await startServer(t, 600)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => { agent.destroy() })
  const answered = new Promise<number | undefined>((resolve, reject) => {
    get(`${origin}/greet`, { agent, headers: { authorization } }, response => { response.resume().on('end', () => { resolve(response.statusCode) }) }).on('error', reject)
  })
  await underWay()
  server.process.kill('SIGTERM')

  t.equal(await answered, 200)
  t.equal(await server.exited, 0)
})

t.test('the same signal twice at once is one, as npm sends it', async t => {
  const { server, origin, authorization, underWay } = await startServer(t, 800)
  const slow = fetch(`${origin}/greet`, { headers: { authorization } })
  await underWay()
  server.process.kill('SIGINT')
  await sleep(50)
  server.process.kill('SIGINT')

  t.equal((await slow).status, 200)
  t.equal(await server.exited, 0)
})

t.test('a second signal later stops at once, with code 1', async t => {
  const { server, origin, authorization, underWay } = await startServer(t, 1950)
  const slow = fetch(`${origin}/greet`, { headers: { authorization } })
  slow.catch(() => {})
  await underWay()
  server.process.kill('SIGINT')
  await sleep(1200)
  server.process.kill('SIGINT')

  t.equal(await server.exited, 1)
  await t.rejects(slow)
})
