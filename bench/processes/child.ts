import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Another process of ours, and the calls that it answers. */
export interface Child {
  call<T> (name: string, argument?: unknown): Promise<T>
  stop (): Promise<void>
}

export interface ChildOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly nodeArgs?: readonly string[]
  /** The core to stay on, where `taskset` is installed; `null` for any. */
  readonly core?: number | null
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** Starts a script of this folder in a process of its own, and waits until it is ready for calls. */
export async function startChild (script: URL, { args = [], env = {}, nodeArgs = [], core = null }: ChildOptions = {}): Promise<Child> {
  const command = [process.execPath, ...nodeArgs, fileURLToPath(script), ...args]
  const [program, ...rest] = core === null ? command : ['taskset', '-c', String(core), ...command]
  const child = spawn(program as string, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const waiting = new Map<number, { resolve: (result: unknown) => void, reject: (error: Error) => void }>()
  const exited = new Promise<void>(resolve => child.once('exit', () => { resolve() }))
  let lastId = 0

  function settle ({ id, result, error }: Answer): void {
    const caller = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) caller?.resolve(result)
    else caller?.reject(new Error(`${script.pathname.split('/').at(-1) as string} ${args.join(' ')}: ${error}`))
  }

  const ready = new Promise<unknown>((resolve, reject) => { waiting.set(0, { resolve, reject }) })
  child.on('message', message => { settle(message as Answer) })
  child.once('exit', () => {
    for (const id of waiting.keys()) settle({ id, error: 'the process has ended' })
  })
  await ready

  return {
    call: async <T>(name: string, argument?: unknown) => await new Promise<T>((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve: resolve as (result: unknown) => void, reject })
      child.send({ id, name, argument }, error => { if (error !== null) settle({ id, error: error.message }) })
    }),
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    }
  }
}
