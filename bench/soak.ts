import type { BenchContext } from './bench-context.js'
import { startChild } from './processes/child.js'
import { PATH } from './servers/resource.js'

/** Heap after collections, in bytes, beside how many distinct tokens or users had come by then. */
export interface HeapPoint {
  readonly seen: number
  readonly heapUsed: number
}

export interface Soak {
  readonly tokens: readonly HeapPoint[]
  readonly users: readonly HeapPoint[]
  readonly bytesPerToken: number
  readonly bytesPerUser: number
  readonly cachedTokens: number
  readonly cachedUsers: number
  /** The plugin behind HTTP, each token once. */
  readonly http: readonly HeapPoint[]
}

export interface SoakSizes {
  readonly tokens: number
  readonly users: number
}

export const SOAK_SIZES: SoakSizes = { tokens: 1_000_000, users: 200_000 }
const QUICK_SIZES: SoakSizes = { tokens: 120_000, users: 120_000 }
const HTTP_POINTS = 4

/** A million distinct tokens through the verified-token cache and 200 000 users through the user cache, and a shorter soak by HTTP. */
export async function measureSoak (context: BenchContext): Promise<Soak> {
  context.log('soak: distinct tokens and users through the caches')
  const child = await startChild(new URL('memory/caches.js', import.meta.url), { nodeArgs: ['--expose-gc', '--no-warnings'], core: context.cores.server })
  try {
    const inProcess = await child.call<Omit<Soak, 'http'>>('soak', context.plan.isQuick ? QUICK_SIZES : SOAK_SIZES)
    return { ...inProcess, http: await soakByHttp(context) }
  } finally {
    await child.stop()
  }
}

async function soakByHttp (context: BenchContext): Promise<HeapPoint[]> {
  context.log('soak: distinct tokens by HTTP')
  const { connections, tokens } = context.plan
  const each = Math.floor(tokens / HTTP_POINTS)
  return await context.withFleet(async fleet => {
    const server = await fleet.start('plugin-without-second-opinion', context.serverOptions)
    const points: HeapPoint[] = []
    for (let n = 1; n <= HTTP_POINTS; n++) {
      await fleet.saturate(server, { path: PATH, traffic: 'cold', connections, durationMs: 120_000, maxRequests: each, statuses: [200] })
      points.push({ seen: n * each, heapUsed: (await server.child.call<{ heapUsed: number }>('heap')).heapUsed })
    }
    return points
  })
}
