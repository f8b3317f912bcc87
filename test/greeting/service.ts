import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { LocalOkta, MintOptions } from 'local-okta'
import type { SharedOptions } from 'fastify-okta'
import { buildApp } from '#greeting/app.js'
import type { AppSettings } from '#greeting/settings/app-settings.js'
import { environmentOfPrograms } from '../kit/environment.js'
import { shareOrg } from '../kit/org.js'

export { startOrg as startOkta } from '../kit/org.js'

export const SERVER = fileURLToPath(new URL('../../../src/greeting/dist/server.js', import.meta.url))
/** Half past nine on a Tuesday, in Greenwich. */
export const HALF_PAST_NINE = '2026-11-24T09:30:00Z'

export interface Service {
  readonly okta: LocalOkta
  readonly app: FastifyInstance
  /** The lines of the log so far. */
  readonly log: string[]
  /** What the greeting's clock shows. */
  setTime (time: string): void
  /** Headers with a token; of what, if nothing is said, see `mintAccessToken`. */
  credentials (options?: MintOptions): Promise<{ authorization: string }>
}

export interface ServiceOptions {
  okta?: LocalOkta
  /** Whether users and groups are read from the directory. Default true. */
  directory?: boolean
  settings?: Partial<AppSettings>
  plugin?: SharedOptions
  /** How long a command of Redis may take, in milliseconds. Default 1000: four times the service's own, for a busy machine. */
  redisTimeoutMs?: number
}

/** The service, which is gone when the test ends, with the local Okta that the tests of a file share: as it was when it started. */
export async function buildService (t: Test, { okta: given, directory = true, settings, plugin = {}, redisTimeoutMs = 1000 }: ServiceOptions = {}): Promise<Service> {
  const okta = given ?? await shareOrg()
  const { issuer, audience, apiToken: token } = okta
  const log: string[] = []
  let now = new Date(HALF_PAST_NINE)
  const app = await buildApp({
    okta: { issuer, audience, ...(directory ? { directory: { token, userCacheTtlMs: 0, cooldownMs: 0 } } : {}) },
    greeting: { group: 'Fastify Okta', timeZone: 'UTC' },
    logLevel: 'debug',
    ...settings
  }, { plugin, now: () => now, redisTimeoutMs, logStream: { write: line => { log.push(line) } } })
  t.teardown(async () => { await app.close() })
  return {
    okta,
    app,
    log,
    setTime: time => { now = new Date(time) },
    credentials: async options => ({ authorization: `Bearer ${await okta.mintAccessToken(options)}` })
  }
}

export interface ServerProcess {
  readonly process: ChildProcess
  /** Everything written so far. */
  output (): string
  errors (): string
  /** Waits until the standard output has this. */
  printed (text: string): Promise<string>
  /** The exit code, when it has one. */
  readonly exited: Promise<number | null>
}

/** Runs the server as `npm start` does, with no other settings than these. */
export function runServer (t: Test, settings: Record<string, string>, cwd?: string): ServerProcess {
  const inherited = Object.fromEntries(Object.entries(environmentOfPrograms()).filter(([name]) => !/^(?:OKTA|GREETING|LOCAL_OKTA|NODE_ENV|NODE_CONFIG|HOST$|PORT$|LOG_LEVEL$|REDIS_URL$|TZ$|OTEL_)/.test(name)))
  const child = spawn(process.execPath, [SERVER], { env: { ...inherited, ...settings }, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd === undefined ? {} : { cwd }) })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (text: string) => { written[stream] += text })
  const exited = new Promise<number | null>(resolve => { child.on('close', resolve) })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    process: child,
    output: () => written.stdout,
    errors: () => written.stderr,
    printed: async text => {
      while (!written.stdout.includes(text)) {
        const ended = await Promise.race([exited.then(() => true), new Promise<false>(resolve => { child.stdout.once('data', () => { resolve(false) }) })])
        if (ended && !written.stdout.includes(text)) throw new Error(`the server ended without printing ${text}: ${written.stderr}`)
      }
      return written.stdout
    },
    exited
  }
}
