import { strict as assert } from 'node:assert'
import { bearer, Tokens, type PublicKeys } from './load/tokens.js'
import { openPool, type NextHeaders, type Throughput } from './load/pool.js'
import { AUDIENCE, ISSUER } from './okta/claims.js'
import { startIssuer, type Issuer } from './okta/issuer.js'
import { statusesOf, type Peer, type TrafficName } from './peers.js'
import type { Plan } from './plan.js'
import { pinToCore, startServer, type ServerProcess } from './servers/server-process.js'
import { PATH, type ServerOptions } from './servers/server.js'
import { quantile } from './statistics.js'

/** One slice of a measurement. */
export interface Slice extends Throughput {
  /** The time that the server worked for one request. */
  readonly cpuMicroseconds: number
  /** The part of the time in which the server worked. */
  readonly serverBusy: number
}

/** A kind of traffic, or these tokens in turn. */
export interface Load {
  readonly traffic: TrafficName | readonly string[]
  readonly requests: number
  /** Default the route of all servers but the greeting service. */
  readonly path?: string
}

/** A load at so many requests a second. */
export interface RatedLoad {
  readonly traffic: TrafficName
  readonly perSecond: number
  readonly durationMs: number
}

const RATED_CONNECTIONS = 16

/** What all measurements of a run share. This process is the client of all servers, and the issuer. */
export class BenchContext {
  readonly #tokens: Tokens
  readonly #serverOptions: ServerOptions
  /** Whether the servers have one core, and this process another. */
  readonly isPinned = pinToCore()

  static async open (plan: Plan): Promise<BenchContext> {
    console.log('# signing tokens')
    const { tokens, jwk, keys } = await Tokens.sign(plan)
    return new BenchContext(plan, tokens, keys, await startIssuer(jwk))
  }

  private constructor (readonly plan: Plan, tokens: Tokens, keys: PublicKeys, readonly issuer: Issuer) {
    this.#tokens = tokens
    this.#serverOptions = { issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/v1/keys`, ...keys }
  }

  /** Starts a peer, and makes sure that it answers as a verifier must: a fast wrong answer is no answer. */
  async startPeer ({ title, file, options }: Peer): Promise<ServerProcess> {
    const server = await this.start(file, options)
    if (file === 'bare') return server
    for (const [what, accessToken] of Object.entries(await this.#tokens.signBadTokens())) {
      const { status } = await fetch(`http://127.0.0.1:${server.port}${PATH}`, { headers: { authorization: `Bearer ${accessToken}` } })
      assert.ok([400, 401, 403, 500].includes(status), `${title} answers ${status} to ${what}`)
    }
    return server
  }

  async start (file: string, options: Partial<ServerOptions> = {}): Promise<ServerProcess> {
    return await startServer(file, { ...this.#serverOptions, ...options }, this.isPinned)
  }

  /** The connections are open before, and closed after, the time of the server is read. */
  async saturate (server: ServerProcess, { traffic, requests, path = PATH }: Load): Promise<Slice> {
    const statuses = typeof traffic === 'string' ? statusesOf(traffic) : [200]
    const next = typeof traffic === 'string' ? await this.#tokens.headersFor(server, traffic, requests) : inTurn(traffic)
    const pool = await openPool({ port: server.port, path, connections: this.plan.connections, statuses })
    try {
      const before = await server.cpuMicroseconds()
      const throughput = await pool.saturate(requests, next, this.isPinned)
      const cpuMicroseconds = (await server.cpuMicroseconds() - before) / requests
      return { ...throughput, cpuMicroseconds, serverBusy: cpuMicroseconds * throughput.requestsPerSecond / 1e6 }
    } finally {
      pool.close()
    }
  }

  /** Returns the 99th percentile of the latencies, in milliseconds. */
  async sendAtRate (server: ServerProcess, { traffic, perSecond, durationMs }: RatedLoad): Promise<number> {
    const next = await this.#tokens.headersFor(server, traffic, Math.ceil(perSecond * durationMs / 1000))
    const pool = await openPool({ port: server.port, path: PATH, connections: RATED_CONNECTIONS, statuses: statusesOf(traffic) })
    try {
      return quantile(await pool.sendAtRate(perSecond, durationMs, next), 0.99)
    } finally {
      pool.close()
    }
  }

  close (): void {
    this.issuer.close()
  }
}

function inTurn (tokens: readonly string[]): NextHeaders {
  let n = 0
  return () => bearer(tokens[n++ % tokens.length] as string)
}
