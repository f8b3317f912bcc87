import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** Where the server says that it listens. */
function originIn (output: string): string {
  return /Server listening at (http:\/\/[^"\s]+)/.exec(output)?.[1] as string
}

/** A server whose directory takes its time. */
async function startServer (t: Parameters<typeof runServer>[0], delayMs: number): Promise<SlowServer> {
  const okta = await startOkta(t)
  okta.faults.add({ path: USER, delayMs })
  const server = runServer(t, { OKTA_OAUTH2_ISSUER: okta.issuer, OKTA_CLIENT_TOKEN: okta.apiToken, PORT: '0', LOG_LEVEL: 'info' })
  const output = await server.printed('Server listening at')
  const origin = originIn(output)
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

t.test('a connection that is kept alive does not delay the stop, though its last request ended during it', async t => {
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

/** A connection on which this has been sent. */
async function connectAndSend (origin: string, bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname).on('error', () => {})
  await once(socket, 'connect')
  if (bytes !== '') await new Promise<void>((resolve) => { socket.write(bytes, () => { resolve() }) })
  return socket
}

const INCOMPLETE = {
  'nothing was sent': '',
  'half a request line was sent': 'GET /li',
  'half of the headers were sent': 'GET /livez HTTP/1.1\r\nHost: a\r\nX-A',
  'a second request is not complete': 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHo',
  'half of the body was sent': 'POST /okta/events HTTP/1.1\r\nHost: a\r\nAuthorization: a-secret-of-these-tests\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"data":'
}

t.test('connections without a complete request do not hold up the stop', async (t) => {
  const okta = await startOkta(t)
  const server = runServer(t, { OKTA_OAUTH2_ISSUER: okta.issuer, OKTA_EVENT_HOOK_SECRET: 'a-secret-of-these-tests', PORT: '0' })
  const origin = originIn(await server.printed('Server listening at'))
  for (const [title, bytes] of Object.entries(INCOMPLETE)) {
    const socket = await connectAndSend(origin, bytes)
    t.teardown(() => { socket.destroy() })
    t.ok(socket.writable, title)
  }
  await sleep(200)
  server.process.kill('SIGTERM')

  // The stop would end with code 1 after ten seconds.
  t.equal(await server.exited, 0)
  t.equal(server.errors(), '')
})

t.test('a request whose body arrives during the stop is answered', async (t) => {
  const okta = await startOkta(t)
  const server = runServer(t, { OKTA_OAUTH2_ISSUER: okta.issuer, OKTA_EVENT_HOOK_SECRET: 'a-secret-of-these-tests', PORT: '0' })
  const origin = originIn(await server.printed('Server listening at'))
  const body = '{"eventType":"com.okta.event_hook","data":{"events":[]}}'
  const socket = await connectAndSend(origin, `POST /okta/events HTTP/1.1\r\nHost: a\r\nAuthorization: a-secret-of-these-tests\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`)
  await sleep(200)
  server.process.kill('SIGTERM')
  await sleep(300)
  socket.write(body.slice(20))
  const [answer] = await once(socket.setEncoding('utf8'), 'data') as [string]

  t.match(answer, /^HTTP\/1\.1 204 /)
  t.equal(await server.exited, 0)
})

t.test('requests to either address of localhost are answered before the stop', async (t) => {
  const okta = await startOkta(t)
  okta.faults.add({ path: USER, delayMs: 1000 })
  const server = runServer(t, { OKTA_OAUTH2_ISSUER: okta.issuer, OKTA_CLIENT_TOKEN: okta.apiToken, HOST: 'localhost', PORT: '0', LOG_LEVEL: 'info' })
  const output = await server.printed('Server listening at')
  await sleep(300)
  const { port } = new URL(originIn(output))
  const authorization = `Bearer ${await okta.mintAccessToken()}`
  const hosts: string[] = []
  for (const host of ['127.0.0.1', '[::1]']) {
    if (await fetch(`http://${host}:${port}/livez`).then(() => true, () => false)) hosts.push(host)
  }
  const slow = Promise.all(hosts.map(async (host) => (await fetch(`http://${host}:${port}/greet`, { headers: { authorization } })).status))
  slow.catch(() => {})
  while (!okta.requests.some(({ path }) => path === USER)) await sleep(10)
  await sleep(100)
  server.process.kill('SIGTERM')

  t.same(await slow, hosts.map(() => 200))
  t.equal(await server.exited, 0)
})
