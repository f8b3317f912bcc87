import type { BenchContext } from './bench-context.js'
import type { Latencies } from './load/load.js'
import { PEERS, statusesOf } from './peers.js'
import { PATH } from './servers/resource.js'

/** What a flood of tokens with unknown key ids does to the issuer, and to those who have good tokens. */
export interface Flood {
  readonly peer: string
  readonly rate: number
  readonly seconds: number
  readonly quiet: Latencies
  readonly flooded: Latencies
  /** How often the issuer was asked for its keys during the flood. */
  readonly keyFetches: number
}

/** Valid traffic comes at half the rate of the flood, before and during it. */
export async function measureFloods (context: BenchContext): Promise<Flood[]> {
  const { plan: { floodMs, floodRate }, issuer, serverOptions } = context
  const floods: Flood[] = []
  const peers = PEERS.filter(({ readsClaims }) => readsClaims)
  for (const peer of context.plan.isQuick ? peers.slice(0, 1) : peers) {
    context.log(`flood of unknown key ids: ${peer.title}`)
    await context.withFleet(async fleet => {
      const server = await fleet.start(peer.name, serverOptions)
      const load = { path: PATH, connections: 16, durationMs: floodMs }
      const valid = { ...load, traffic: 'hot', statuses: [200], rate: floodRate / 2 } as const
      const flood = { ...load, traffic: 'unknown-kid', statuses: statusesOf(peer, 'unknown-kid'), rate: floodRate } as const
      await fleet.saturate(server, { ...valid, durationMs: context.plan.warmUpMs })
      const quiet = await fleet.sendAtRate(server, valid)
      const before = await issuer.call<number>('fetches')
      const flooded = await fleet.flood(server, valid, flood)
      const keyFetches = await issuer.call<number>('fetches') - before
      floods.push({ peer: peer.name, rate: floodRate, seconds: floodMs / 1000, quiet, flooded, keyFetches })
    })
  }
  return floods
}
