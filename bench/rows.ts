import type { BenchContext, Server, Slice } from './context.js'
import type { Plan } from './plan.js'
import { PEERS, statusesOf, type Peer, type Traffic } from './peers.js'
import { PATH } from './servers/server.js'

/** One kind of traffic on one peer: a slice for each round. */
export interface Row {
  readonly traffic: Traffic
  readonly peer: string
  readonly slices: Slice[]
}

/** `cold` fills the caches, so it comes last. */
const TRAFFICS: readonly Traffic[] = ['hot', 'forged', 'cold', 'ES256 hot', 'ES256 cold', 'RS256 hot', 'RS256 cold']

/** Measures every peer with its traffics; the rounds go around the peers, each beginning with another one. */
export async function measureRows (context: BenchContext): Promise<Row[]> {
  const servers = new Map<Peer, Server>()
  try {
    for (const peer of PEERS) servers.set(peer, await context.startPeer(peer))
    const rows: Row[] = []
    for (const traffic of TRAFFICS) rows.push(...await measureTraffic(context, servers, traffic))
    return rows
  } finally {
    for (const { child } of servers.values()) await child.stop()
  }
}

async function measureTraffic (context: BenchContext, servers: ReadonlyMap<Peer, Server>, traffic: Traffic): Promise<Row[]> {
  context.log(traffic)
  const { plan } = context
  const measured = [...servers].filter(([{ traffics }]) => traffics.includes(traffic))
  const rows = measured.map(([{ title }]): Row => ({ traffic, peer: title, slices: [] }))
  const requests = requestsOf(plan, traffic)
  const measure = async (i: number, requests: number): Promise<Slice> => {
    const [peer, server] = measured[i] as [Peer, Server]
    return await context.saturate(server, { path: PATH, traffic, connections: plan.connections, statuses: statusesOf(peer, traffic), requests })
  }
  for (const i of measured.keys()) await measure(i, plan.warmUpSlices * requests)
  await takeTurns(measured.length, plan.rounds, async (i) => { rows[i]?.slices.push(await measure(i, requests)) })
  return rows
}

/** Each round goes around all of them, beginning with another one. */
export async function takeTurns (count: number, rounds: number, measure: (i: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < count; n++) await measure((round + n) % count)
  }
}

function requestsOf ({ hotRequests, coldRequests, dpopRequests }: Plan, traffic: Traffic): number {
  return traffic === 'hot' || traffic === 'forged' ? hotRequests : traffic === 'cold' ? coldRequests : dpopRequests
}
