import { strict as assert } from 'node:assert'
import type { Load, PublicKeys, RatedLoad } from './load/client.js'
import type { Latencies, Throughput } from './load/load.js'
import { AUDIENCE, ISSUER } from './load/tokens.js'
import type { Peer } from './peers.js'
import { coldTokens, dpopTokens, type Plan } from './plan.js'
import { assignCores, type Cores } from './processes/cores.js'
import { startChild, type Child } from './processes/child.js'
import { PATH, type ServerOptions } from './servers/server.js'

/** Threads that collect garbage would share the client's one core with it, and keep it from the clock for longer. */
const CLIENT_NODE_ARGS = ['--single-threaded-gc']

/** One slice of a measurement. */
export interface Slice {
  readonly requestsPerSecond: number
  /** The time that the server worked for one request. */
  readonly cpuMicroseconds: number
  readonly clientBusy: number
}

export interface Server {
  readonly port: number
  readonly child: Child
}

type ServerLoad = Omit<Load, 'port'>
type RatedServerLoad = Omit<RatedLoad, 'port'>

/** What all measurements of a run share: the issuer, and one client, each in a process of its own, beside those of the servers. */
export class BenchContext {
  readonly #client: Child
  readonly issuer: Child
  readonly serverOptions: ServerOptions

  static async open (plan: Plan): Promise<BenchContext> {
    const cores = assignCores()
    const client = await startChild(new URL('load/client.js', import.meta.url), { nodeArgs: CLIENT_NODE_ARGS, core: cores.client })
    console.log('# signing tokens')
    const keys = await client.call<PublicKeys>('mint', { cold: coldTokens(plan), dpop: dpopTokens(plan) })
    const issuer = await startChild(new URL('servers/issuer.js', import.meta.url), { core: cores.client })
    await issuer.call('start', keys)
    return new BenchContext(plan, cores, client, issuer, keys)
  }

  private constructor (readonly plan: Plan, readonly cores: Cores, client: Child, issuer: Child, keys: PublicKeys) {
    this.#client = client
    this.issuer = issuer
    this.serverOptions = { issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/v1/keys`, ...keys }
  }

  log (line: string): void {
    console.log(`# ${line}`)
  }

  /** Starts a peer in a process of its own, and makes sure that it answers as a verifier must: a fast wrong answer is no answer. */
  async startPeer (peer: Peer): Promise<Server> {
    const server = await this.start(peer.file, { ...this.serverOptions, ...peer.options })
    if (peer.file !== 'bare') await this.#checkAnswers(peer, server.port)
    return server
  }

  /** The local Okta and the service that uses it refuse `NODE_ENV=production`; all others run with it. */
  async start (file: string, options: ServerOptions, nodeEnv = 'production'): Promise<Server> {
    const child = await startChild(new URL('servers/main.js', import.meta.url), {
      args: [file], env: { NODE_ENV: nodeEnv }, nodeArgs: ['--expose-gc', '--no-warnings'], core: this.cores.server
    })
    return { child, port: await child.call<number>('start', options) }
  }

  async saturate ({ child, port }: Server, load: ServerLoad & { requests: number }): Promise<Slice> {
    await this.#client.call('connect', { port, ...load })
    const before = await child.call<number>('cpu')
    const { requests, seconds, clientBusy } = await this.#client.call<Throughput>('saturate', { port, ...load })
    const cpu = await child.call<number>('cpu') - before
    return { requestsPerSecond: requests / seconds, cpuMicroseconds: cpu / requests, clientBusy }
  }

  async sendAtRate ({ port }: Server, load: RatedServerLoad): Promise<Latencies> {
    return await this.#client.call('sendAtRate', { port, ...load })
  }

  /** Latencies of the valid requests while the flood comes. */
  async flood ({ port }: Server, valid: RatedServerLoad, flood: RatedServerLoad): Promise<Latencies> {
    return await this.#client.call('flood', { valid: { port, ...valid }, flood: { port, ...flood } })
  }

  async close (): Promise<void> {
    await Promise.all([this.#client.stop(), this.issuer.stop()])
  }

  async #checkAnswers ({ title }: Peer, port: number): Promise<void> {
    for (const [what, accessToken] of Object.entries(await this.#client.call<Record<string, string>>('badTokens'))) {
      const { status } = await fetch(`http://127.0.0.1:${port}${PATH}`, { headers: { authorization: `Bearer ${accessToken}` } })
      assert.ok([400, 401, 403, 500].includes(status), `${title} answers ${status} to ${what}`)
    }
  }
}
