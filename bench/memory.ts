import type { BenchContext } from './context.js'
import { startChild } from './processes/child.js'
import type { CacheMemory } from './servers/caches.js'

export interface Memory {
  readonly tokens: CacheMemory
  readonly users: CacheMemory
}

/** Many distinct tokens and users through the two caches, each cache in a process of its own. */
export async function measureMemory ({ plan: { cacheEntries }, cores, log }: BenchContext): Promise<Memory> {
  const measure = async (name: keyof Memory): Promise<CacheMemory> => {
    log(`memory: ${name}`)
    const child = await startChild(new URL('servers/caches.js', import.meta.url), { nodeArgs: ['--expose-gc', '--no-warnings'], core: cores.server })
    try {
      return await child.call<CacheMemory>(name, cacheEntries)
    } finally {
      await child.stop()
    }
  }
  return { tokens: await measure('tokens'), users: await measure('users') }
}
