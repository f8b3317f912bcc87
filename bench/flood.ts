import type { BenchContext } from './bench-context.js'
import type { Latencies } from './load/load.js'
import { PEERS, statusesOf } from './peers.js'
import { PATH } from './servers/resource.js'

/** What a flood of tokens with unknown key ids does to the issuer, and to those who have good tokens. */
export interface Flood {
  readonly peer: string
  readonly rate: number
  /** From the beginning of the first flood to the end of the last one. */
  readonly seconds: number
  readonly quiet: readonly Latencies[]
  readonly flooded: readonly Latencies[]
  /** How often the issuer was asked for its keys in this time. */
  readonly keyFetches: number
}

/** Valid traffic comes at half the rate of the flood. Floods and quiet take turns: one stall of the machine is more than most answers take. */
export async function measureFloods (context: BenchContext): Promise<Flood[]> {
  const { plan: { floodRounds, floodMs, floodRate }, issuer, serverOptions } = context
  const floods: Flood[] = []
  const peers = PEERS.filter(({ readsClaims }) => readsClaims)
  for (const peer of context.plan.isQuick ? peers.slice(0, 1) : peers) {
    context.log(`flood of unknown key ids: ${peer.title}`)
    await context.withFleet(async fleet => {
      const server = await fleet.start(peer.name, serverOptions)
      const load = { path: PATH, connections: 16, durationMs: floodMs }
      const valid = { ...load, traffic: 'hot', statuses: [200], rate: floodRate / 2 } as const
      const flood = { ...load, traffic: 'unknown-kid', statuses: statusesOf(peer, 'unknown-kid'), rate: floodRate } as const
      for (const load of [valid, flood]) await fleet.saturate(server, { ...load, durationMs: context.plan.warmUpMs })
      // At a rate there runs what saturation does not bring about: a first round of that counts for nothing either.
      await fleet.flood(server, valid, flood)
      const quiet: Latencies[] = []
      const flooded: Latencies[] = []
      const before = await issuer.call<number>('fetches')
      const start = performance.now()
      for (let round = 0; round < floodRounds; round++) {
        flooded.push(await fleet.flood(server, valid, flood))
        quiet.push(await fleet.sendAtRate(server, valid))
      }
      const seconds = Math.round((performance.now() - start) / 1000)
      const keyFetches = await issuer.call<number>('fetches') - before
      floods.push({ peer: peer.name, rate: floodRate, seconds, quiet, flooded, keyFetches })
    })
  }
  return floods
}
