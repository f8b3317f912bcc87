import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { DEVELOPMENT_PASSWORD } from 'local-okta'
import { environmentOfPrograms } from '../kit/environment.js'
import { eventually } from '../kit/eventually.js'
import { freePort } from '../kit/free-port.js'
import { skip, startRedis, type RedisServer } from '../kit/redis.js'
import { parseExposition } from '../greeting/routes/metrics/exposition.js'

interface ComposeService {
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string | number | null>>
}

const { services } = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true }) as { services: Record<string, ComposeService> }
const ORG_FILE = '/run/local-okta/org.json'

interface Topology {
  /** What callers use. */
  readonly proxy: string
  /** The origins of the replicas. */
  readonly replicas: readonly string[]
  readonly redis: RedisServer
  readonly processes: Readonly<Record<'replica-1' | 'replica-2', ChildProcess>>
  /** Starts a replica again that has ended. */
  startReplica (name: 'replica-1' | 'replica-2'): void
  /** An access token of one of the local Okta's people. */
  signIn (username: string): Promise<string>
}

/** What `docker compose --profile replicas up proxy` starts, as processes: the commands and settings of docker-compose.yml on free ports. */
async function startTopology (t: Test): Promise<Topology> {
  const redis = await startRedis(t)
  const ports = { 3000: await freePort(), 3001: await freePort(), 3002: await freePort(), 4000: await freePort() }
  const file = join(t.testdir(), 'org.json')
  const localize = (text: string): string => ports[text as unknown as keyof typeof ports]?.toString() ?? text.replace(ORG_FILE, file)
  const inherited = Object.fromEntries(Object.entries(environmentOfPrograms()).filter(([name]) => !/^(?:OKTA|GREETING|LOCAL_OKTA|OTEL|NODE_ENV|HOST$|PORT$|PUBLIC_URL$|REDIS_URL$|LOG_LEVEL$)/.test(name)))

  function start (name: string): ChildProcess {
    const { command, environment = {} } = services[name] as ComposeService
    const settings = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== null).map(([variable, value]) => [variable, localize(String(value))]))
    const overrides = { HOST: '127.0.0.1', LOCAL_OKTA_PORT: String(ports[4000]), PUBLIC_URL: `http://127.0.0.1:${ports[3000]}`, ...('REDIS_URL' in settings ? { REDIS_URL: redis.url } : {}) }
    const [program = '', ...args] = command.map(localize)
    const child = spawn(program, args, { env: { ...inherited, ...settings, ...overrides }, stdio: ['ignore', 'ignore', 'inherit'] })
    t.teardown(async () => {
      const ended = new Promise((resolve) => { child.once('close', resolve) })
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended
    })
    return child
  }

  start('okta')
  await eventually(() => readFileSync(file, { encoding: 'utf8', flag: 'a+' }).endsWith('\n'), 'the local Okta is ready')
  const [proxy, ...replicas] = [ports[3000], ports[3001], ports[3002]].map((port) => `http://127.0.0.1:${port}`) as [string, string, string]
  // One after the other: to load the SDK twice at once takes long on a busy machine.
  const first = start('replica-1')
  await eventually(async () => await isReady(replicas[0] as string), 'the first replica is ready')
  const processes = { 'replica-1': first, 'replica-2': start('replica-2') }
  await eventually(async () => await isReady(replicas[1] as string), 'the second replica is ready')
  start('proxy')
  await eventually(async () => await isReady(proxy), 'the proxy is ready')
  return { proxy, replicas, redis, processes, startReplica: (name) => { processes[name] = start(name) }, signIn: async (username) => await signIn(file, username) }
}

async function signIn (orgFile: string, username: string): Promise<string> {
  const { issuer, clients } = JSON.parse(await readFile(orgFile, 'utf8')) as { issuer: string, clients: { native: { clientId: string } } }
  const body = new URLSearchParams({ grant_type: 'password', username, password: DEVELOPMENT_PASSWORD, scope: 'openid profile', client_id: clients.native.clientId })
  const { access_token: accessToken } = await (await fetch(`${issuer}/v1/token`, { method: 'POST', body })).json() as { access_token: string }
  return accessToken
}

async function isReady (origin: string): Promise<boolean> {
  return await fetch(`${origin}/readyz`).then(({ ok }) => ok, () => false)
}

/** A series of a replica's metrics. */
async function read (origin: string, series: string): Promise<number> {
  return parseExposition(await (await fetch(`${origin}/metrics`)).text()).get(series) ?? 0
}

/** The statuses of requests, each by a connection of its own. */
async function greet (origin: string, accessToken: string, times: number): Promise<number[]> {
  const statuses = []
  for (let i = 0; i < times; i++) statuses.push((await fetch(`${origin}/greet`, { headers: { authorization: `Bearer ${accessToken}`, connection: 'close' } })).status)
  return statuses
}

t.test('two replicas behind a proxy greet members, share what they know, and go on without each other and without Redis', { skip, timeout: 240_000 }, async (t) => {
  const { proxy, replicas, redis, processes, startReplica, signIn } = await startTopology(t)
  const [ada, grace] = [await signIn('ada@example.com'), await signIn('grace@example.com')]
  const count = 'http_request_duration_seconds_count{method="GET",route="/greet",status_class="2xx"}'
  const ok = (times: number): number[] => Array.from({ length: times }, () => 200)

  t.same(await greet(proxy, ada, 10), ok(10))
  t.same(await greet(proxy, grace, 4), [403, 403, 403, 403])
  for (const replica of replicas) t.equal(await read(replica, count), 5, 'each replica answers in its turn')
  const lookups = await Promise.all(replicas.map(async (replica) => await read(replica, 'okta_lookup_seconds_count{result="found"}')))
  t.equal(lookups.reduce((sum, each) => sum + each), 2, 'each user is looked up once, and shared')

  t.test('a replica that is killed is not missed', async (t) => {
    processes['replica-1'].kill('SIGKILL')
    await new Promise((resolve) => { processes['replica-1'].once('close', resolve) })
    t.same(await greet(proxy, ada, 6), ok(6))
    startReplica('replica-1')
    await eventually(async () => await isReady(replicas[0] as string), 'the replica is ready again')
    await greet(proxy, ada, 2)
    t.equal(await read(replicas[0] as string, 'okta_lookup_seconds_count{result="found"}'), 0, 'and has the user from Redis')
  })

  t.test('without Redis each replica goes on alone', async (t) => {
    await redis.kill()
    t.same(await greet(proxy, ada, 6), ok(6))
    for (const replica of replicas) t.ok(await isReady(replica))
  })

  t.test('a replica that is stopped is not missed either', async (t) => {
    processes['replica-2'].kill('SIGTERM')
    await eventually(() => processes['replica-2'].exitCode !== null, 'it ends')
    t.equal(processes['replica-2'].exitCode, 0)
    t.same(await greet(proxy, ada, 6), ok(6))
  })
})
