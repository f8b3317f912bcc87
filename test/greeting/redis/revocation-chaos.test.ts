import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { delivery, oktaEvent } from '../../kit/event-hook.js'
import { eventually } from '../../kit/eventually.js'
import { skip, startRedis } from '../../kit/redis.js'
import { runServer, startOkta, type ServerProcess } from '../service.js'

const SECRET = 'swordfish-swordfish'
const STARTED_AT = Math.floor(Date.now() / 1000)
/** When users sign in for the first time, are revoked, and sign in again: in seconds before the start. */
const FIRST_SIGN_IN = 100
const REVOCATION = 50
const SECOND_SIGN_IN = 10

interface Replica {
  readonly server: ServerProcess
  readonly origin: string
}

async function startReplica (t: Test, okta: LocalOkta, redisUrl: string): Promise<Replica> {
  const server = runServer(t, {
    OKTA_OAUTH2_ISSUER: okta.issuer, OKTA_EVENT_HOOK_SECRET: SECRET, REDIS_URL: redisUrl, PORT: '0', PUBLIC_URL: 'http://127.0.0.1:3000', LOG_LEVEL: 'info'
  })
  const output = await server.printed('Server listening at')
  const origin = /Server listening at (http:\/\/[^"\s]+)/.exec(output)?.[1] ?? ''
  await eventually(async () => (await fetch(`${origin}/readyz`)).status === 200, 'it is ready')
  return { server, origin }
}

/** A user with a token from before the revocation, and one from after. */
interface User {
  readonly uid: string
  readonly first: string
  readonly second: string
}

async function createUser (okta: LocalOkta, name: string): Promise<User> {
  const uid = `00u${name}`
  const mint = async (ago: number): Promise<string> => {
    const at = STARTED_AT - ago
    return await okta.mintAccessToken({ claims: { uid, sub: `${name}@example.com`, iat: at, auth_time: at } })
  }
  return { uid, first: await mint(FIRST_SIGN_IN), second: await mint(SECOND_SIGN_IN) }
}

async function statusOf ({ origin }: Replica, accessToken: string): Promise<number> {
  return (await fetch(`${origin}/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status
}

/** What Okta says when an administrator ends a user's sessions. */
function signedOut (uid: string, ago = REVOCATION): Record<string, unknown> {
  return { ...oktaEvent('user.session.clear', ['User', uid]), published: new Date((STARTED_AT - ago) * 1000).toISOString() }
}

async function deliver ({ origin }: Replica, events: unknown[], authorization = SECRET): Promise<number> {
  const response = await fetch(`${origin}/okta/events`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(delivery(events)) })
  return response.status
}

/**
 * Asks all replicas all the time, until it is stopped, and notes what must never happen: a good token that is refused, and a
 * revoked one that a replica accepts after it has refused it.
 */
class Watch {
  readonly replicas: Replica[]
  readonly users: User[]
  readonly faults: string[] = []
  readonly #refused = new Set<string>()
  readonly #done: Promise<void>
  #isStopped = false
  rounds = 0

  constructor (replicas: Replica[], users: User[]) {
    this.replicas = replicas
    this.users = users
    this.#done = this.#run()
  }

  async stop (): Promise<void> {
    this.#isStopped = true
    await this.#done
  }

  async #run (): Promise<void> {
    while (!this.#isStopped) {
      await Promise.all(this.replicas.flatMap((replica) => this.users.map(async (user) => { await this.#ask(replica, user).catch(() => {}) })))
      this.rounds++
      await sleep(20)
    }
  }

  /** Rejects if the replica was killed. */
  async #ask (replica: Replica, { uid, first, second }: User): Promise<void> {
    const key = `${replica.origin} ${uid}`
    const wasRefused = this.#refused.has(key)
    const [firstStatus, secondStatus] = [await statusOf(replica, first), await statusOf(replica, second)]
    if (secondStatus !== 200) this.faults.push(`a good token was answered ${secondStatus}`)
    if (wasRefused && firstStatus !== 401) this.faults.push(`a revoked token was answered ${firstStatus}`)
    if (firstStatus === 401) this.#refused.add(key)
    else if (firstStatus !== 200) this.faults.push(`a token was answered ${firstStatus}`)
  }
}

t.test('whatever happens to messages, Redis and replicas: no good token is refused, and no revoked one is accepted again', { skip, timeout: 180_000 }, async t => {
  const [okta, redis] = [await startOkta(t), await startRedis(t)]
  const start = async (): Promise<Replica> => await startReplica(t, okta, redis.url)
  const [one, two, three] = await Promise.all([start(), start(), start()])
  const users = await Promise.all(['twice', 'forged', 'stopped', 'frozen', 'killed', 'full'].map(async (name) => await createUser(okta, name))) as [User, User, User, User, User, User]
  const [twice, forged, stopped, frozen, killed, full] = users
  const watch = new Watch([one, two, three], users)
  t.teardown(async () => { await watch.stop() })
  const allRefuse = async (...revoked: User[]): Promise<void> => {
    for (const { uid, first } of revoked) {
      await eventually(async () => (await Promise.all(watch.replicas.map(async (replica) => await statusOf(replica, first)))).every((status) => status === 401), `${uid} is refused by all`)
    }
  }

  const event = signedOut(twice.uid)
  t.equal(await deliver(one, [event, event]), 204)
  t.equal(await deliver(two, [signedOut(twice.uid, FIRST_SIGN_IN + 50), event]), 204)
  t.not(await deliver(three, [signedOut(forged.uid)], 'another secret'), 204)
  await allRefuse(twice)

  await redis.kill()
  t.equal(await deliver(one, [signedOut(stopped.uid)]), 204)
  t.equal(await statusOf(one, stopped.first), 401, 'at once where it arrived')
  await redis.start()
  await allRefuse(twice, stopped)

  redis.pause()
  t.equal(await deliver(two, [signedOut(frozen.uid)]), 204)
  t.equal(await statusOf(two, frozen.first), 401, 'at once where it arrived')
  redis.resume()
  await allRefuse(frozen)

  await redis.client.config('SET', 'maxmemory', '1')
  t.equal(await deliver(three, [signedOut(full.uid)]), 204)
  await allRefuse(full)
  await redis.client.config('SET', 'maxmemory', '0')

  t.equal(await deliver(one, [signedOut(killed.uid)]), 204)
  one.server.process.kill('SIGKILL')
  watch.replicas.splice(watch.replicas.indexOf(one), 1)
  await allRefuse(killed)
  await redis.client.flushall()
  watch.replicas.push(await start())
  await allRefuse(twice, stopped, frozen, full, killed)

  await watch.stop()
  t.same([...new Set(watch.faults)], [])
  t.ok(watch.rounds > 10, `${watch.rounds} rounds`)
  t.same(await Promise.all(watch.replicas.map(async (replica) => await statusOf(replica, forged.first))), [200, 200, 200], 'a forged message has no effect')
})
