import { strict as assert } from 'node:assert'
import type { BenchContext } from './bench-context.js'
import type { Fleet, Server, Slice } from './fleet.js'
import type { Load } from './load/client.js'
import { startChild } from './processes/child.js'
import { PATH } from './servers/resource.js'
import type { Org } from './servers/local-okta.js'

/** What is compared with its ceiling, slice by slice in turn: a ratio near 1 needs the same mood of the machine for both. */
export interface Pair {
  readonly name: 'plugin' | 'greeting'
  /** Whether both servers had been through {@link fallIdle} before. */
  readonly wasIdle: boolean
  readonly ceiling: Slice[]
  readonly measured: Slice[]
}

type PairLoad = Omit<Load, 'port' | 'durationMs'>

export async function measurePairs (context: BenchContext): Promise<Pair[]> {
  return [...await measurePlugin(context), ...await measureGreeting(context)]
}

/** The plugin alone on hot tokens, and bare Fastify. */
async function measurePlugin (context: BenchContext): Promise<Pair[]> {
  context.log('pair: the plugin and bare Fastify, hot')
  return await context.withFleet(async fleet => {
    const bare = await fleet.start('bare-fastify', context.serverOptions)
    const plugin = await fleet.start('plugin', context.serverOptions)
    const load: PairLoad = { path: PATH, traffic: 'hot', connections: context.plan.connections, statuses: [200] }
    return await alternate(context, fleet, { name: 'plugin', servers: [bare, plugin], load })
  })
}

/** The whole service with user and group from the local Okta, and bare Fastify with the same JSON. */
async function measureGreeting (context: BenchContext): Promise<Pair[]> {
  context.log('pair: the whole service and bare Fastify, GET /greet, hot')
  const okta = await startChild(new URL('servers/local-okta.js', import.meta.url), { core: context.cores.client, env: { NODE_ENV: 'development' } })
  try {
    const org = await okta.call<Org>('start')
    return await context.withFleet(async fleet => {
      const directory = { orgUrl: org.orgUrl, token: org.apiToken }
      const bare = await fleet.start('bare-greeting', context.serverOptions)
      const service = await fleet.start('greeting-service', { ...context.serverOptions, ...org, directory }, 'development')
      await checkGreetings(service, org)
      const load: PairLoad = { path: '/greet', traffic: org.memberTokens, connections: context.plan.connections, statuses: [200] }
      return await alternate(context, fleet, { name: 'greeting', servers: [bare, service], load })
    })
  } finally {
    await okta.stop()
  }
}

interface Comparison {
  readonly name: Pair['name']
  readonly servers: readonly [ceiling: Server, measured: Server]
  readonly load: PairLoad
}

/** Once as the servers are soon after their start, and once more as they are when they have been idle. */
async function alternate ({ plan }: BenchContext, fleet: Fleet, { name, servers, load }: Comparison): Promise<Pair[]> {
  const [ceiling, measured] = servers
  const pairs: Pair[] = []
  for (const wasIdle of [false, true]) {
    const pair: Pair = { name, wasIdle, ceiling: [], measured: [] }
    for (const server of servers) {
      await fleet.saturate(server, { ...load, durationMs: plan.warmUpMs * 2 })
      if (wasIdle) await fallIdle(fleet, server, { ...load, durationMs: plan.sliceMs })
    }
    for (let round = 0; round < plan.pairRounds; round++) {
      const order = [[ceiling, pair.ceiling], [measured, pair.measured]] as const
      for (const [server, into] of round % 2 === 0 ? order : order.toReversed()) {
        into.push(await fleet.saturate(server, { ...load, durationMs: plan.sliceMs }))
      }
    }
    pairs.push(pair)
  }
  return pairs
}

/**
 * What a night without requests does to a server: V8 collects its garbage while none is under way, and lets go of what no
 * living object needs. Three times, with requests in between.
 */
async function fallIdle (fleet: Fleet, server: Server, load: Omit<Load, 'port'>): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await server.child.call('heap')
    await fleet.saturate(server, load)
  }
}

async function checkGreetings ({ port }: Server, { memberTokens, strangerToken }: Org): Promise<void> {
  const greet = async (accessToken?: string): Promise<Response> => await fetch(`http://127.0.0.1:${port}/greet`, {
    headers: { accept: 'application/json', ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }) }
  })
  // One after the other: each is a lookup in the directory.
  for (const accessToken of memberTokens) assert.equal((await greet(accessToken)).status, 200)
  assert.match(await (await greet(memberTokens[0])).text(), /"greeting":"Good (Morning|Afternoon|Evening)","name":".+ Lovelace"/)
  assert.equal((await greet(strangerToken)).status, 403)
  assert.equal((await greet()).status, 401)
}
