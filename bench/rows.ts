import type { BenchContext, Slice } from './context.js'
import { peersOf, TRAFFICS, type Peer, type Traffic, type TrafficName } from './peers.js'
import type { ServerProcess } from './servers/server-process.js'

/** One kind of traffic on one peer: a slice for each round of each start. */
export interface Row {
  readonly traffic: TrafficName
  readonly peer: string
  readonly slices: readonly Slice[]
}

/** Measures every peer with its traffics, and starts all of them anew for the next time. */
export async function measureRows (context: BenchContext): Promise<Row[]> {
  const rows = new Map<string, Row>()
  for (let start = 1; start <= context.plan.starts; start++) {
    console.log(`# start ${start} of ${context.plan.starts}`)
    for (const row of await measureOnce(context)) {
      const at = `${row.traffic} ${row.peer}`
      rows.set(at, { ...row, slices: [...rows.get(at)?.slices ?? [], ...row.slices] })
    }
  }
  return [...rows.values()]
}

async function measureOnce (context: BenchContext): Promise<Row[]> {
  const servers = new Map<Peer, ServerProcess>()
  try {
    for (const peer of new Set(TRAFFICS.flatMap(peersOf))) servers.set(peer, await context.startPeer(peer))
    const rows: Row[] = []
    for (const traffic of TRAFFICS) rows.push(...await measureTraffic(context, servers, traffic))
    return rows
  } finally {
    for (const server of servers.values()) await server.stop()
  }
}

async function measureTraffic (context: BenchContext, servers: ReadonlyMap<Peer, ServerProcess>, traffic: Traffic): Promise<Row[]> {
  const { plan } = context
  console.log(`# ${traffic.name}`)
  const peers = peersOf(traffic)
  const measure = async (peer: Peer, requests: number): Promise<Slice> =>
    await context.saturate(servers.get(peer) as ServerProcess, { traffic: traffic.name, requests })
  for (const peer of peers) await measure(peer, plan.warmUp[traffic.requests])
  const slices = await takeTurns(peers, plan.rounds, async (peer) => await measure(peer, plan.slice[traffic.requests]))
  return peers.map(({ title }, i) => ({ traffic: traffic.name, peer: title, slices: slices[i] ?? [] }))
}

/** The rounds go around all of them, each beginning with another one. */
export async function takeTurns<T> (all: readonly T[], rounds: number, measure: (one: T) => Promise<Slice>): Promise<Slice[][]> {
  const slices = all.map((): Slice[] => [])
  for (let turn = 0; turn < rounds * all.length; turn++) {
    const i = (turn + Math.floor(turn / all.length)) % all.length
    slices[i]?.push(await measure(all[i] as T))
  }
  return slices
}
