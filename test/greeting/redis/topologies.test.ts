import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { openSharedState, type SharedState } from '#greeting/redis/shared-state.js'
import { eventually } from '../../kit/eventually.js'
import { skip } from '../../kit/redis.js'
import { startCluster, startSentinels } from '../../kit/redis-topologies.js'

const ORG = 'https://dev-1.okta.com'

/** Two replicas of the service at one Redis. */
async function openTwo (t: Test, url: string): Promise<[SharedState, SharedState]> {
  const open = async (): Promise<SharedState> => {
    const shared = await openSharedState(url, { log: pino({ level: 'silent' }), isDpopRequired: false })
    shared.watch()
    t.teardown(() => { shared.close() })
    return shared
  }
  return [await open(), await open()]
}

/** Whether a user that one replica has read is known to the other. */
async function isShared ([one, other]: readonly SharedState[]): Promise<boolean> {
  const userId = `00u${randomUUID().replaceAll('-', '').slice(0, 17)}`
  try {
    const { version } = await one?.users.read(ORG, userId) ?? { version: '' }
    await one?.users.write(ORG, userId, { text: 'a user', ttlMs: 60_000, version })
    return (await other?.users.read(ORG, userId))?.text === 'a user'
  } catch {
    return false
  }
}

/** Listens on one replica, and sends by the other until a message has arrived. */
async function isHeard ([one, other]: readonly SharedState[]): Promise<() => Promise<boolean>> {
  const heard: Array<string | null> = []
  other?.users.subscribe(ORG, (message) => { heard.push(message) })
  return async () => {
    await one?.users.invalidate(ORG, null, 'a message').catch(() => {})
    return heard.includes('a message')
  }
}

async function expectSharing (t: Test, replicas: readonly SharedState[], title: string): Promise<void> {
  await eventually(async () => await isShared(replicas), `${title}: users are shared`)
  await eventually(await isHeard(replicas), `${title}: invalidations are heard`)
  t.pass(title)
}

t.test('replicas share over a Cluster, and go on after a fail-over', { skip }, async (t) => {
  const { url, killPrimaryOf } = await startCluster(t)
  const replicas = await openTwo(t, url)
  await expectSharing(t, replicas, 'at first')
  await killPrimaryOf(`fastify-okta:user:{${ORG}}`)
  await expectSharing(t, replicas, 'with one of the primaries killed')
})

t.test('replicas share over Sentinels, and go on after a fail-over', { skip }, async (t) => {
  const { url, killPrimary } = await startSentinels(t)
  const replicas = await openTwo(t, url)
  await expectSharing(t, replicas, 'at first')
  await killPrimary()
  await expectSharing(t, replicas, 'with the primary killed')
})
