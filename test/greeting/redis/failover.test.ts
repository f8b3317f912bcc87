import t, { type Test } from 'tap'
import { ADA } from '../../kit/access-token.js'
import { eventually } from '../../kit/eventually.js'
import { skip } from '../../kit/redis.js'
import { startCluster, startSentinels } from '../../kit/redis-topologies.js'
import { buildService, startOkta, type Service } from '../service.js'

interface Topology {
  readonly url: string
  /** Breaks something, upon which another server becomes the primary of the watermarks of this org. */
  failOver (org: string): Promise<void>
}

const TOPOLOGIES: Readonly<Record<string, (t: Test) => Promise<Topology>>> = {
  'Sentinel, its primary killed': async (t) => {
    const { url, killPrimary } = await startSentinels(t)
    return { url, failOver: killPrimary }
  },
  'Sentinel, its primary killed and the first Sentinel frozen': async (t) => {
    const { url, killPrimary, freezeFirstSentinel } = await startSentinels(t)
    return {
      url,
      failOver: async () => {
        freezeFirstSentinel()
        await killPrimary()
      }
    }
  },
  'Sentinel, with another primary by command': async (t) => {
    const { url, switchPrimary } = await startSentinels(t)
    return { url, failOver: switchPrimary }
  },
  'Cluster, a primary killed': async (t) => {
    const { url, killPrimaryOf } = await startCluster(t)
    return { url, failOver: async (org) => { await killPrimaryOf(`fastify-okta:watermarks:{${org}}`) } }
  }
}

/** Requests all replicas with a token all the time, and keeps their statuses, each followed by no equal one. */
class Load {
  readonly #statuses = new Map<Service, number[]>()
  readonly #running: Promise<unknown>
  #isStopped = false

  constructor (replicas: readonly Service[], accessToken: string) {
    const headers = { authorization: `Bearer ${accessToken}` }
    this.#running = Promise.all(replicas.map(async (replica) => {
      const statuses: number[] = []
      this.#statuses.set(replica, statuses)
      while (!this.#isStopped) {
        const { statusCode } = await replica.app.inject({ url: '/me', headers })
        if (statuses.at(-1) !== statusCode) statuses.push(statusCode)
        await new Promise(setImmediate)
      }
    }))
  }

  get statuses (): number[][] {
    return [...this.#statuses.values()]
  }

  async stop (): Promise<number[][]> {
    this.#isStopped = true
    await this.#running
    return this.statuses
  }
}

for (const [name, start] of Object.entries(TOPOLOGIES)) {
  t.test(`${name}: a user who is revoked during a fail-over is refused by all replicas, and no other user is`, { skip, timeout: 180_000 }, async (t) => {
    const [okta, redis] = [await startOkta(t), await start(t)]
    const { issuer, audience, apiToken: token } = okta
    const build = async (): Promise<Service> => await buildService(t, { okta, settings: { okta: { issuer, audience, directory: { token } }, redisUrl: redis.url } })
    const replicas = [await build(), await build()] as const
    await Promise.all(replicas.map(async ({ app }) => { await app.ready() }))
    const signedInAt = Math.floor(Date.now() / 1000) - 60
    const [ada, grace] = await Promise.all(['ada@example.com', 'grace@example.com'].map(async (user) =>
      new Load(replicas, await okta.mintAccessToken({ user, claims: { iat: signedInAt, auth_time: signedInAt } })))) as [Load, Load]
    t.teardown(async () => { await Promise.all([ada.stop(), grace.stop()]) })
    await eventually(() => [...ada.statuses, ...grace.statuses].every((statuses) => statuses.includes(200)), 'both are let in by all')

    await redis.failOver(new URL(issuer).origin)
    await replicas[0].app.okta.revoke({ uid: ADA })
    await eventually(() => ada.statuses.every((statuses) => statuses.includes(401)), 'all replicas refuse')

    t.strictSame(await ada.stop(), [[200, 401], [200, 401]])
    t.strictSame(await grace.stop(), [[200], [200]])
  })
}
