import { strict as assert } from 'node:assert'
import type { BenchContext, Server, Slice } from './context.js'
import type { Load } from './load/client.js'
import { BARE, PLUGIN, PLUGIN_WITH_URL, type Peer } from './peers.js'
import { startChild } from './processes/child.js'
import type { Org } from './servers/local-okta.js'
import { takeTurns } from './rows.js'
import { PATH } from './servers/server.js'

/** What is compared with its ceiling, slice by slice in turn: a ratio near 1 needs the same mood of the machine for both. */
export interface Pair {
  readonly title: string
  readonly ceiling: Slice[]
  readonly measured: Slice[]
}

type PairLoad = Pick<Load, 'path' | 'traffic'>

export async function measurePairs (context: BenchContext): Promise<Pair[]> {
  return [...await measurePlugins(context, [PLUGIN, PLUGIN_WITH_URL]), await measureGreeting(context)]
}

/** The plugin on tokens that it has seen, in several ways, and bare Fastify: one server of it for all. */
async function measurePlugins (context: BenchContext, peers: readonly Peer[]): Promise<Pair[]> {
  const bare = await context.startPeer(BARE)
  const servers: Server[] = []
  for (const peer of peers) servers.push(await context.startPeer(peer))
  const [ceiling, ...measured] = await takePairTurns(context, [bare, ...servers], { path: PATH, traffic: 'hot' }) as [Slice[], ...Slice[][]]
  return measured.map((slices, i) => ({ title: `${(peers[i] as Peer).title}, hot`, ceiling, measured: slices }))
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
    const [ceiling, measured] = await takePairTurns(context, [bare, service], { path: '/greet', traffic: org.memberTokens }) as [Slice[], Slice[]]
    return { title: '`GET /greet` of the whole service, hot', ceiling, measured }
  } finally {
    await okta.stop()
  }
}

/** Measures servers in turn, and stops them. */
async function takePairTurns (context: BenchContext, servers: readonly Server[], load: PairLoad): Promise<Slice[][]> {
  context.log(`hot, compared with bare Fastify: ${load.path}`)
  const { plan: { pairRounds, hotRequests, warmUpSlices, connections } } = context
  const measure = async (server: Server, requests: number): Promise<Slice> =>
    await context.saturate(server, { ...load, connections, requests, statuses: [200] })
  for (const server of servers) {
    await measure(server, warmUpSlices * hotRequests)
    // As a server is that has been idle: V8 has collected its garbage while no request was under way.
    await server.child.call('collect')
    await measure(server, warmUpSlices * hotRequests)
  }
  const slices = servers.map((): Slice[] => [])
  await takeTurns(servers.length, pairRounds, async (i) => { slices[i]?.push(await measure(servers[i] as Server, hotRequests)) })
  for (const { child } of servers) await child.stop()
  return slices
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
