import type { BenchContext, RatedLoad } from './context.js'
import { PLUGIN, RIVALS, type Peer, type TrafficName } from './peers.js'

/** What a flood of bad tokens does to the issuer, and to those who have good tokens. */
export interface Flood {
  readonly traffic: TrafficName
  readonly peer: string
  /** Bad requests a second. */
  readonly rate: number
  readonly seconds: number
  /** The 99th percentile of the latencies of valid requests, in milliseconds, round by round. */
  readonly quiet: readonly number[]
  readonly flooded: readonly number[]
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

async function measureFlood (context: BenchContext, peer: Peer, traffic: TrafficName): Promise<Flood> {
  const { plan: { floodRounds, floodMs: durationMs, warmUp, slice }, issuer } = context
  console.log(`# flood, ${traffic}: ${peer.title}`)
  const server = await context.startPeer(peer)
  try {
    await context.saturate(server, { traffic: 'hot', requests: warmUp.hot })
    await context.saturate(server, { traffic, requests: warmUp.cold })
    const { cpuMicroseconds } = await context.saturate(server, { traffic, requests: slice.hot })
    // Forged tokens take half of the server's core.
    const rate = traffic === 'forged' ? Math.round(500_000 / cpuMicroseconds) : UNKNOWN_KID_RATE
    const valid: RatedLoad = { traffic: 'hot', perSecond: VALID_RATE, durationMs }
    const sendBoth = async (): Promise<number> =>
      (await Promise.all([context.sendAtRate(server, valid), context.sendAtRate(server, { traffic, perSecond: rate, durationMs })]))[0]
    // A first round counts for nothing: at a rate there runs what saturation does not bring about.
    await sendBoth()
    const quiet: number[] = []
    const flooded: number[] = []
    const before = issuer.fetches()
    const start = performance.now()
    for (let round = 0; round < floodRounds; round++) {
      flooded.push(await sendBoth())
      quiet.push(await context.sendAtRate(server, valid))
    }
    const seconds = Math.round((performance.now() - start) / 1000)
    return { traffic, peer: peer.title, rate, seconds, quiet, flooded, keyFetches: issuer.fetches() - before }
  } finally {
    await server.stop()
  }
}
