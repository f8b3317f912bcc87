import { strict as assert } from 'node:assert'
import type { BenchContext, Server, Slice } from './context.js'
import type { Load } from './load/client.js'
import { BARE, PLUGIN, PLUGIN_WITH_URL, type Peer } from './peers.js'
import { startChild } from './processes/child.js'
import type { Org } from './servers/local-okta.js'
import { PATH } from './servers/server.js'

/** What is compared with its ceiling, slice by slice in turn: a ratio near 1 needs the same mood of the machine for both. */
export interface Pair {
  readonly title: string
  readonly ceiling: Slice[]
  readonly measured: Slice[]
}

type PairLoad = Pick<Load, 'path' | 'traffic'>

export async function measurePairs (context: BenchContext): Promise<Pair[]> {
  return [
    await measurePlugin(context, PLUGIN),
    await measurePlugin(context, PLUGIN_WITH_URL),
    await measureGreeting(context)
  ]
}

/** The plugin on tokens that it has seen, and bare Fastify. */
async function measurePlugin (context: BenchContext, peer: Peer): Promise<Pair> {
  const servers = [await context.startPeer(BARE), await context.startPeer(peer)] as const
  return await alternate(context, `${peer.title}, hot`, servers, { path: PATH, traffic: 'hot' })
}

/** The whole service with user and group from the local Okta, and bare Fastify with the same JSON. */
async function measureGreeting (context: BenchContext): Promise<Pair> {
  const okta = await startChild(new URL('servers/local-okta.js', import.meta.url), { core: context.cores.client, env: { NODE_ENV: 'development' } })
  try {
    const org = await okta.call<Org>('start')
    const directory = { orgUrl: org.orgUrl, token: org.apiToken }
    const bare = await context.start('bare-greeting', context.serverOptions)
    const service = await context.start('greeting-service', { ...context.serverOptions, ...org, directory }, 'development')
    await checkGreetings(service, org)
    return await alternate(context, '`GET /greet` of the whole service, hot', [bare, service], { path: '/greet', traffic: org.memberTokens })
  } finally {
    await okta.stop()
  }
}

async function alternate (context: BenchContext, title: string, servers: readonly [ceiling: Server, measured: Server], load: PairLoad): Promise<Pair> {
  context.log(`pair: ${title}`)
  const { plan: { pairRounds, sliceMs, warmUpMs, connections } } = context
  const slices: [Slice[], Slice[]] = [[], []]
  const measure = async (i: 0 | 1, durationMs: number): Promise<Slice> =>
    await context.saturate(servers[i], { ...load, connections, durationMs, statuses: [200] })
  for (const i of [0, 1] as const) {
    await measure(i, warmUpMs)
    // As a server is that has been idle: V8 has collected its garbage while no request was under way.
    await servers[i].child.call('collect')
    await measure(i, warmUpMs)
  }
  for (let round = 0; round < pairRounds; round++) {
    for (const i of round % 2 === 0 ? [0, 1] as const : [1, 0] as const) slices[i].push(await measure(i, sliceMs))
  }
  for (const { child } of servers) await child.stop()
  return { title, ceiling: slices[0], measured: slices[1] }
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
