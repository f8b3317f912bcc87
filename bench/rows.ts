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
  const slices = await takeTurns(peers, measure, { rounds: plan.rounds, warmUp: plan.warmUp[traffic.requests], slice: plan.slice[traffic.requests] })
  return peers.map(({ title }, i) => ({ traffic: traffic.name, peer: title, slices: slices[i] ?? [] }))
}

/** The numbers of requests are those for each server. */
interface Turns {
  readonly rounds: number
  /** Before the first round. Divisible by {@link WARM_UPS}. */
  readonly warmUp: number
  readonly slice: number
}

/**
 * When connections close for the first time, V8 drops its optimized code of a dozen functions of `node:http` and of streams
 * (`--trace-deopt`). After one long warm-up that happened at its end, and the next 5000 requests took up to twice as long.
 */
const WARM_UPS = 5

/** Warms all of them up, and measures them. Rounds go around them, each beginning with another one. */
export async function takeTurns<T> (all: readonly T[], measure: (one: T, requests: number) => Promise<Slice>, { rounds, warmUp, slice }: Turns): Promise<Slice[][]> {
  const slices = all.map((): Slice[] => [])
  for (let round = 0; round < WARM_UPS; round++) {
    for (const one of all) await measure(one, warmUp / WARM_UPS)
  }
  for (let turn = 0; turn < rounds * all.length; turn++) {
    const i = (turn + Math.floor(turn / all.length)) % all.length
    slices[i]?.push(await measure(all[i] as T, slice))
  }
  return slices
}
