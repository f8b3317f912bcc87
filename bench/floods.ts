import type { BenchContext } from './context.js'
import type { Latencies } from './load/load.js'
import { PLUGIN, RIVALS, statusesOf, type Peer, type Traffic } from './peers.js'
import { PATH } from './servers/server.js'

/** What a flood of bad tokens does to the issuer, and to those who have good tokens. */
export interface Flood {
  readonly traffic: Traffic
  readonly peer: string
  /** Requests a second. */
  readonly rate: number
  readonly seconds: number
  readonly quiet: readonly Latencies[]
  readonly flooded: readonly Latencies[]
  /** How often the issuer was asked for its keys in this time. */
  readonly keyFetches: number
}

const VALID_RATE = 500
const UNKNOWN_KID_RATE = 1000

/** Floods and quiet take turns: one stall of the machine is more than most answers take. */
export async function measureFloods (context: BenchContext): Promise<Flood[]> {
  const floods = [await measureFlood(context, PLUGIN, 'forged')]
  for (const peer of context.plan.isQuick ? [PLUGIN] : [PLUGIN, ...RIVALS]) floods.push(await measureFlood(context, peer, 'unknown-kid'))
  return floods
}

async function measureFlood (context: BenchContext, peer: Peer, traffic: Traffic): Promise<Flood> {
  const { plan: { floodRounds, floodMs, warmUpSlices, hotRequests }, issuer } = context
  context.log(`flood, ${traffic}: ${peer.title}`)
  const server = await context.startPeer(peer)
  try {
    const load = { path: PATH, connections: 16, durationMs: floodMs }
    const valid = { ...load, traffic: 'hot', statuses: [200], rate: VALID_RATE } as const
    const bad = { ...load, traffic, statuses: statusesOf(peer, traffic) }
    const requests = warmUpSlices * hotRequests
    await context.saturate(server, { ...valid, requests })
    await context.saturate(server, { ...bad, requests })
    const { cpuMicroseconds } = await context.saturate(server, { ...bad, requests: hotRequests })
    // Forged tokens take half of the server's core.
    const rate = traffic === 'forged' ? Math.round(500_000 / cpuMicroseconds) : UNKNOWN_KID_RATE
    // A first round counts for nothing: at a rate there runs what saturation does not bring about.
    await context.flood(server, valid, { ...bad, rate })
    const quiet: Latencies[] = []
    const flooded: Latencies[] = []
    const before = await issuer.call<number>('fetches')
    const start = performance.now()
    for (let round = 0; round < floodRounds; round++) {
      flooded.push(await context.flood(server, valid, { ...bad, rate }))
      quiet.push(await context.sendAtRate(server, valid))
    }
    const seconds = Math.round((performance.now() - start) / 1000)
    return { traffic, peer: peer.title, rate, seconds, quiet, flooded, keyFetches: await issuer.call<number>('fetches') - before }
  } finally {
    await server.child.stop()
  }
}
