import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BenchContext } from './context.js'
import type { CacheMemory } from './servers/caches.js'

export interface Memory {
  readonly tokens: CacheMemory
  readonly users: CacheMemory
}

/** Many distinct tokens and users through the two caches, each cache in a process of its own. */
export async function measureMemory ({ plan: { cacheEntries } }: BenchContext): Promise<Memory> {
  const measure = async (name: keyof Memory): Promise<CacheMemory> => {
    console.log(`# memory: ${name}`)
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--no-warnings', fileURLToPath(new URL('servers/caches.js', import.meta.url)), name, String(cacheEntries)])
    return JSON.parse(stdout) as CacheMemory
  }
  return { tokens: await measure('tokens'), users: await measure('users') }
}
