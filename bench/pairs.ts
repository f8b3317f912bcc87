import { strict as assert } from 'node:assert'
import type { BenchContext, Load, Slice } from './context.js'
import { startGreetingOrg, type GreetingOrg } from './okta/greeting-org.js'
import { BARE, PLUGIN, PLUGIN_WITH_URL, type Peer } from './peers.js'
import { takeTurns } from './rows.js'
import type { ServerProcess } from './servers/server-process.js'
import { quantile, ratioOf } from './statistics.js'

/** What is compared with bare Fastify, a ratio near 1. */
export interface Pair {
  readonly title: string
  /** The share of bare Fastify that is required; `null` for a second bare server, which shows the noise. */
  readonly least: number | null
  readonly starts: readonly PairStart[]
}

/** One start of both servers: the medians of processor time for a request, and of its ratio, slice by slice. */
export interface PairStart {
  readonly bareMicroseconds: number
  readonly microseconds: number
  readonly share: number
}

interface Contender extends Pick<Pair, 'title' | 'least'> {
  readonly start: () => Promise<ServerProcess>
}

export async function measurePairs (context: BenchContext): Promise<Pair[]> {
  return [...await measurePlugin(context), ...await measureGreeting(context)]
}

/** The plugin on tokens that it has seen. */
async function measurePlugin (context: BenchContext): Promise<Pair[]> {
  const contenderOf = (peer: Peer, title: string, least: number | null): Contender => ({ title, least, start: async () => await context.startPeer(peer) })
  return await compare(context, { traffic: 'hot' }, async () => await context.startPeer(BARE), [
    contenderOf(BARE, 'bare Fastify, a second server', null),
    contenderOf(PLUGIN, `${PLUGIN.title}, hot`, 0.95),
    contenderOf(PLUGIN_WITH_URL, `${PLUGIN_WITH_URL.title}, hot`, 0.95)
  ])
}

/** The whole service with user and group from the local Okta, and bare Fastify with the same JSON. */
async function measureGreeting (context: BenchContext): Promise<Pair[]> {
  const org = await startGreetingOrg()
  try {
    const { issuer, audience, orgUrl, apiToken: token } = org.okta
    const startBare = async (): Promise<ServerProcess> => await context.start('bare')
    const startService = async (): Promise<ServerProcess> => {
      const service = await context.start('greeting-service', { issuer, audience, directory: { orgUrl, token } })
      await checkGreetings(service, org)
      return service
    }
    return await compare(context, { path: '/greet', traffic: org.memberTokens }, startBare, [
      { title: 'bare Fastify with the same JSON, a second server', least: null, start: startBare },
      { title: '`GET /greet` of the whole service, hot', least: 0.9, start: startService }
    ])
  } finally {
    await org.okta.stop()
  }
}

/**
 * Starts all servers several times, since two processes of the same code differ by up to a quarter: one start of each tells little
 * about a ratio near 1.
 */
async function compare (context: BenchContext, load: Omit<Load, 'requests'>, startBare: Contender['start'], contenders: readonly Contender[]): Promise<Pair[]> {
  const { pairStarts } = context.plan
  const starts = contenders.map((): PairStart[] => [])
  for (let n = 1; n <= pairStarts; n++) {
    console.log(`# hot, compared with bare Fastify: ${load.path ?? 'the plugin'}, start ${n} of ${pairStarts}`)
    const [bare = [], ...others] = await measureOnce(context, load, [startBare, ...contenders.map(({ start }) => start)])
    for (const [i, times] of others.entries()) {
      starts[i]?.push({ bareMicroseconds: quantile(bare, 0.5), microseconds: quantile(times, 0.5), share: ratioOf(bare, times).median })
    }
  }
  return contenders.map(({ title, least }, i) => ({ title, least, starts: starts[i] ?? [] }))
}

/** Starts servers, measures them in turn, and stops them. Returns the processor time of each, slice by slice. */
async function measureOnce (context: BenchContext, load: Omit<Load, 'requests'>, starts: ReadonlyArray<Contender['start']>): Promise<number[][]> {
  const { plan: { pairRounds, warmUp, slice } } = context
  const servers: ServerProcess[] = []
  try {
    for (const start of starts) servers.push(await start())
    const measure = async (server: ServerProcess, requests: number): Promise<Slice> => await context.saturate(server, { ...load, requests })
    const slices = await takeTurns(servers, measure, { rounds: pairRounds, warmUp: warmUp.hot, slice: slice.hot })
    return slices.map((of) => of.map(({ cpuMicroseconds }) => cpuMicroseconds))
  } finally {
    for (const server of servers) await server.stop()
  }
}

async function checkGreetings ({ port }: ServerProcess, { memberTokens, strangerToken }: GreetingOrg): Promise<void> {
  const greet = async (accessToken?: string): Promise<Response> => await fetch(`http://127.0.0.1:${port}/greet`, {
    headers: { accept: 'application/json', ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }) }
  })
  // One after the other: each is a lookup in the directory.
  for (const accessToken of memberTokens) assert.equal((await greet(accessToken)).status, 200)
  assert.match(await (await greet(memberTokens[0])).text(), /"greeting":"Good (Morning|Afternoon|Evening)","name":".+ Lovelace"/)
  assert.equal((await greet(strangerToken)).status, 403)
  assert.equal((await greet()).status, 401)
}
