import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ServerOptions } from './server.js'

const SCRIPT = fileURLToPath(new URL('main.js', import.meta.url))

/**
 * A server waits while the others have their turn. V8 takes that for idleness, and shrinks the young generation of a server whose
 * heap has grown: with 15,000 tokens in its cache, the next slice took up to twice as long. A server under load is never idle.
 * It has one core, on which threads of the garbage collector would only take turns with it.
 */
const AS_UNDER_LOAD = ['--no-memory-reducer', '--min-semi-space-size=16', '--single-threaded-gc']

/** A server in a process of its own. Takes one call at a time. */
export interface ServerProcess {
  readonly port: number
  /** The time that the process has worked so far. */
  cpuMicroseconds (): Promise<number>
  stop (): Promise<void>
}

/** Starts a file of `peers/`, on core 0 if it `isPinned`. */
export async function startServer (file: string, options: ServerOptions, isPinned: boolean): Promise<ServerProcess> {
  const command = [process.execPath, '--no-warnings', ...AS_UNDER_LOAD, SCRIPT, file] as const
  const [program, args] = isPinned ? ['taskset', ['-c', '0', ...command]] : [command[0], command.slice(1)]
  const child = spawn(program, args, { env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new AbortController()
  const exit = once(child, 'exit').then(() => { ended.abort(new Error(`the server ${file} has ended`)) })

  async function call (name: string, argument?: ServerOptions): Promise<number> {
    child.send({ name, argument })
    const [answer] = await once(child, 'message', { signal: ended.signal }) as [number]
    return answer
  }

  return {
    port: await call('start', options),
    cpuMicroseconds: async () => await call('cpuMicroseconds'),
    stop: async () => {
      child.kill('SIGKILL')
      await exit
    }
  }
}

/** Keeps this process on core 1, beside the servers on core 0. Returns false with one core, or without `taskset` (Linux). */
export function pinToCore (): boolean {
  try {
    execFileSync('taskset', ['-acp', '1', String(process.pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
