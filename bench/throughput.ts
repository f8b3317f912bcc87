import { checkAnswers } from './answers.js'
import type { BenchContext } from './bench-context.js'
import type { Fleet, Server, Slice } from './fleet.js'
import type { Latencies } from './load/load.js'
import type { Traffic } from './load/traffic.js'
import { PEERS, statusesOf, type Peer } from './peers.js'
import { PATH } from './servers/resource.js'

/** One kind of traffic on one peer: a slice for each round. */
export interface Cell {
  readonly traffic: Traffic
  readonly peer: string
  readonly slices: Slice[]
}

export interface LatencyCell {
  readonly traffic: Traffic
  readonly peer: string
  readonly rate: number
  readonly rounds: Latencies[]
}

/** Each token of these is used once, so the last ones leave the caches full: they come last. */
const TRAFFICS: readonly Traffic[] = ['none', 'hot', 'mixed', 'forged', 'cold']
const LATENCY_TRAFFICS: readonly Traffic[] = ['hot', 'cold']

type Started = ReadonlyArray<readonly [Peer, Server]>

/** Measures every peer with every traffic; the rounds go around the peers, each beginning with another one. */
export async function measureThroughput (context: BenchContext): Promise<{ throughput: Cell[], latency: LatencyCell[] }> {
  return await context.withFleet(async fleet => {
    const servers = await startAndCheck(context, fleet)
    const throughput: Cell[] = []
    for (const traffic of TRAFFICS) {
      context.log(`throughput, ${traffic}`)
      throughput.push(...await measureTraffic(context, fleet, servers, traffic))
    }
    const latency: LatencyCell[] = []
    for (const traffic of LATENCY_TRAFFICS) {
      context.log(`latency at ${context.plan.latencyRate} requests a second, ${traffic}`)
      latency.push(...await measureLatency(context, fleet, servers, traffic))
    }
    return { throughput, latency }
  })
}

async function startAndCheck ({ privateKey, serverOptions }: BenchContext, fleet: Fleet): Promise<Started> {
  const servers: Array<readonly [Peer, Server]> = []
  for (const peer of PEERS) {
    const server = await fleet.start(peer.name, serverOptions)
    await checkAnswers(peer, server.port, privateKey)
    servers.push([peer, server])
  }
  return servers
}

async function measureTraffic ({ plan }: BenchContext, fleet: Fleet, servers: Started, traffic: Traffic): Promise<Cell[]> {
  const cells = servers.map(([{ name }]): Cell => ({ traffic, peer: name, slices: [] }))
  for (const [peer, server] of servers) await fleet.saturate(server, loadOf(peer, plan.warmUpMs))
  for (let round = 0; round < plan.rounds; round++) {
    for (const i of rotated(servers.length, round)) {
      const [peer, server] = servers[i] as [Peer, Server]
      cells[i]?.slices.push(await fleet.saturate(server, loadOf(peer, plan.sliceMs)))
    }
  }
  return cells

  function loadOf (peer: Peer, durationMs: number) {
    const maxRequests = traffic === 'cold' ? { maxRequests: plan.onceRequests } : {}
    return { path: PATH, traffic, connections: plan.connections, durationMs, statuses: statusesOf(peer, traffic), ...maxRequests }
  }
}

async function measureLatency ({ plan }: BenchContext, fleet: Fleet, servers: Started, traffic: Traffic): Promise<LatencyCell[]> {
  const { connections, latencyMs: durationMs, latencyRate: rate } = plan
  const cells = servers.map(([{ name }]): LatencyCell => ({ traffic, peer: name, rate, rounds: [] }))
  for (let round = 0; round < plan.latencyRounds; round++) {
    for (const i of rotated(servers.length, round)) {
      const [peer, server] = servers[i] as [Peer, Server]
      cells[i]?.rounds.push(await fleet.sendAtRate(server, { path: PATH, traffic, connections, durationMs, rate, statuses: statusesOf(peer, traffic) }))
    }
  }
  return cells
}

function rotated (length: number, round: number): number[] {
  return Array.from({ length }, (_, i) => (i + round) % length)
}
