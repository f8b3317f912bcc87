import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'
import fastifyOkta, { type DirectoryOptions, type FastifyOktaOptions, type IssuerOptions, type SharedOptions } from 'fastify-okta'
import { buildApp } from '#greeting/app.js'
import { exchange, type Answer, type Message } from './connection.js'
import { AUDIENCE, GROUP } from '../kit/access-token.js'
import { prove as proveFor, type ProofDifference } from '../kit/dpop-proof.js'
import { Issuer } from '../kit/issuer.js'

export const PUBLIC_URL = 'https://greeting.example'
export const KEYS_PATH = '/oauth2/default/v1/keys'
export const API_TOKEN = '00-the-api-token-of-this-test-00'
export const EVENT_HOOK_SECRET = 'the-secret-of-the-event-hook-of-this-test-00'

/** An issuer whose tokens have the group, and an id each. */
export async function startIssuer (t: Pick<Test, 'teardown'>): Promise<Issuer> {
  return await Issuer.start(t, { claims: { groups: [GROUP] } })
}

/** What is different about the service under attack. */
export interface TargetOptions {
  readonly issuer?: Issuer
  /** What the issuer is like before the service starts. */
  readonly prepare?: (issuer: Issuer) => void
  readonly okta?: (issuer: Issuer) => Partial<IssuerOptions>
  /** With it users and groups come from the issuer's directory. */
  readonly directory?: Partial<DirectoryOptions>
  readonly plugin?: SharedOptions
  /** Routes beside those of the service. */
  readonly routes?: (app: FastifyInstance) => void
}

/** The greeting service on a real socket, and the issuer whose tokens it takes. */
export interface Target {
  readonly issuer: Issuer
  readonly app: FastifyInstance
  readonly port: number
  /** What the service has logged so far. */
  readonly log: string[]
  send (message: Message): Promise<Answer>
  /** `GET` with a bearer token. */
  get (path: string, accessToken: string): Promise<Answer>
}

/** So small that every fetch that would be made is made, and counted. */
const COOLDOWN_MS = 1
const TIMEOUT_MS = 2000

/** Starts the service, and an issuer for it unless there is one; both end with the test. */
export async function startTarget (t: Test, { issuer: given, prepare, okta, directory, plugin, routes }: TargetOptions = {}): Promise<Target> {
  const issuer = given ?? await startIssuer(t)
  prepare?.(issuer)
  const log: string[] = []
  const app = await buildApp({
    okta: {
      issuer: issuer.url,
      audience: AUDIENCE,
      ...(directory === undefined ? {} : { directory: { token: API_TOKEN, cooldownMs: COOLDOWN_MS, ...directory } as DirectoryOptions }),
      ...okta?.(issuer)
    },
    greeting: { group: GROUP, timeZone: 'UTC' },
    eventHookSecret: EVENT_HOOK_SECRET,
    logLevel: 'debug'
  }, {
    plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: COOLDOWN_MS, keysTimeoutMs: TIMEOUT_MS, ...plugin },
    logStream: { write: line => { log.push(line) } }
  })
  routes?.(app)
  return await listen(t, { app, issuer, log })
}

/** The plugin alone, in an application that does nothing about errors, logs as Fastify does, and has no route but those given. */
export interface PluginTargetOptions {
  readonly issuer: Issuer
  readonly options: FastifyOktaOptions
  readonly server?: FastifyServerOptions
  readonly routes: (app: FastifyInstance) => void
}

export async function startPlugin (t: Test, { issuer, options, server, routes }: PluginTargetOptions): Promise<Target> {
  const log: string[] = []
  const app = fastify({ ...server, logger: { level: 'trace', stream: { write: (line: string) => { log.push(line) } } } })
  await app.register(fastifyOkta, { keysCooldownMs: COOLDOWN_MS, keysTimeoutMs: TIMEOUT_MS, ...options })
  routes(app)
  return await listen(t, { app, issuer, log })
}

async function listen (t: Test, { app, issuer, log }: Pick<Target, 'app' | 'issuer' | 'log'>): Promise<Target> {
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    issuer,
    app,
    port,
    log,
    send: async message => await exchange(port, message),
    get: async (path, accessToken) => await exchange(port, { target: path, headers: [bearer(accessToken)] })
  }
}

export function bearer (accessToken: string): readonly [string, string] {
  return ['Authorization', `Bearer ${accessToken}`]
}

/** A good proof for `GET /me` of the service with this token, except for the difference. */
export function prove (accessToken: string, difference: ProofDifference = {}): string {
  return proveFor(accessToken, { url: `${PUBLIC_URL}/me`, ...difference })
}

export function dpop (accessToken: string, ...proofs: readonly string[]): ReadonlyArray<readonly [string, string]> {
  return [['Authorization', `DPoP ${accessToken}`], ...proofs.map(proof => ['DPoP', proof] as const)]
}
