import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { runCommandLine } from '#fastify-okta/cli/command-line.js'
import { Terminal } from '#fastify-okta/cli/terminal.js'
import { environmentOfPrograms } from '../../kit/environment.js'

const FASTIFY_OKTA = fileURLToPath(new URL('../../../../src/fastify-okta/bin/fastify-okta.js', import.meta.url))
export const LOCAL_OKTA = fileURLToPath(new URL('../../../../src/local-okta/bin/local-okta.js', import.meta.url))
/** Variables that the commands or the service read. */
const SETTINGS = /^(?:OKTA|GREETING|LOCAL_OKTA|NODE_ENV|NODE_CONFIG|PORT$|HOST$|LOG_LEVEL$|NO_COLOR$|TZ$)/

// The tests run without those of the developer.
for (const name of Object.keys(process.env)) {
  if (SETTINGS.test(name)) delete process.env[name]
}

export interface RunOptions {
  readonly env?: Record<string, string>
  /** What comes through the standard input. Default: nothing. */
  readonly input?: string
  readonly cwd?: string
  /** The program's file. Default: that of `fastify-okta`. */
  readonly main?: string
  /** Options of Node's own. */
  readonly nodeArgs?: readonly string[]
  /** The program that starts Node, and its arguments. Default: none. */
  readonly launcher?: readonly string[]
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  /** Waits until a stream has what is looked for, and gives what was found. */
  printed (stream: 'stdout' | 'stderr', wanted: RegExp): Promise<string>
  interrupt (): void
  readonly ended: Promise<Ended>
}

/** Starts a command as it is installed, with only these settings; it is stopped when the test ends. */
export function start (t: Pick<Test, 'teardown'>, args: readonly string[], { env = {}, input = '', cwd, main = FASTIFY_OKTA, nodeArgs = [], launcher = [] }: RunOptions = {}): Running {
  const [program = process.execPath, ...programArgs] = [...launcher, process.execPath, ...nodeArgs, main, ...args]
  const child = spawn(program, programArgs, {
    env: { ...environmentOfPrograms(), TZ: 'UTC', ...env }, stdio: 'pipe', ...(cwd === undefined ? {} : { cwd })
  })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (text: string) => { written[stream] += text })
  // A command that reads nothing may be gone before.
  child.stdin.on('error', () => {}).end(input)
  const ended = new Promise<Ended>(resolve => { child.on('close', code => { resolve({ code, ...written }) }) })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    ended,
    interrupt: () => { child.kill('SIGINT') },
    printed: async (stream, wanted) => {
      let isOver = false
      ended.then(() => { isOver = true }, () => {})
      for (;;) {
        const [found] = wanted.exec(written[stream]) ?? []
        if (found !== undefined) return found
        if (isOver) throw new Error(`it ended without printing ${wanted.source}: ${written.stderr}`)
        await Promise.race([ended, new Promise(resolve => { child[stream].once('data', resolve) })])
      }
    }
  }
}

/** Runs the command line to its end. */
export async function run (t: Pick<Test, 'teardown'>, args: readonly string[], options?: RunOptions): Promise<Ended> {
  return await start(t, args, options).ended
}

/** Runs `fastify-okta` in this process, with only these settings, which is faster: for calls without standard input, one at a time. */
export async function runHere (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const streamTo = (stream: keyof typeof written) =>
    ({ isTTY: false, write: (text: string) => { written[stream] += text } }) as unknown as NodeJS.WriteStream
  const terminal = new Terminal({ isJson: args.includes('--json'), isDebug: args.includes('--debug'), stdout: streamTo('stdout'), stderr: streamTo('stderr') })
  Object.assign(process.env, env)
  try {
    const code = await runCommandLine(args, terminal)
    return { code, ...written }
  } finally {
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name)
  }
}

/** An empty directory, gone when the test ends. */
export async function emptyDirectory (t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'fastify-okta-'))
  t.teardown(async () => { await rm(directory, { recursive: true, force: true }) })
  return directory
}

/** All that a command could write to unasked: where it runs, the home directory and the temporary one. */
export async function watchedDirectories (t: Test) {
  const directory = await emptyDirectory(t)
  return {
    options: { cwd: directory, env: { HOME: directory, TMPDIR: directory, XDG_CACHE_HOME: directory } },
    list: async () => await readdir(directory)
  }
}

/**
 * Node's permission model, by which a process can write no file and start no program. The preloads of the test runner
 * want to, so they are left out: by `env`, since the runner puts them into the environment of every child.
 */
export const WRITES_NOTHING = {
  nodeArgs: [process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission', '--allow-fs-read=*'],
  launcher: ['/usr/bin/env', '-u', 'NODE_OPTIONS']
} as const
