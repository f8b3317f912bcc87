import type { Load } from './load/client.js'
import type { Latencies, Throughput } from './load/load.js'
import { startChild, type Child } from './processes/child.js'
import type { Cores } from './processes/cores.js'
import type { ServerOptions } from './servers/server.js'
import type { TokenStock } from './tokens/stock.js'

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

/** The processes of a measurement: servers, each in a process of its own on one core, and one client on another. */
export class Fleet {
  readonly #client: Child
  readonly #core: number | null
  readonly #servers: Server[] = []

  static async open ({ file, count }: TokenStock, cores: Cores): Promise<Fleet> {
    const client = await startChild(new URL('load/client.js', import.meta.url), {
      args: [file, String(count)], nodeArgs: CLIENT_NODE_ARGS, core: cores.client
    })
    return new Fleet(client, cores.server)
  }

  private constructor (client: Child, core: number | null) {
    this.#client = client
    this.#core = core
  }

  /** The local Okta and the service that uses it refuse `NODE_ENV=production`; all others run with it. */
  async start (name: string, options: ServerOptions, nodeEnv = 'production'): Promise<Server> {
    const child = await startChild(new URL('servers/main.js', import.meta.url), {
      args: [name], env: { NODE_ENV: nodeEnv }, nodeArgs: ['--expose-gc', '--no-warnings'], core: this.#core
    })
    const server = { child, port: await child.call<number>('start', options) }
    this.#servers.push(server)
    return server
  }

  async saturate ({ child, port }: Server, load: Omit<Load, 'port'>): Promise<Slice> {
    const before = await child.call<number>('cpu')
    const { requests, seconds, clientBusy } = await this.#client.call<Throughput>('saturate', { port, ...load })
    const cpu = await child.call<number>('cpu') - before
    return { requestsPerSecond: requests / seconds, cpuMicroseconds: cpu / requests, clientBusy }
  }

  async sendAtRate ({ port }: Server, load: Omit<Load, 'port'> & { rate: number }): Promise<Latencies> {
    return await this.#client.call('sendAtRate', { port, ...load })
  }

  /** Latencies of the valid requests while the flood comes. */
  async flood ({ port }: Server, valid: Omit<Load, 'port'> & { rate: number }, flood: Omit<Load, 'port'> & { rate: number }): Promise<Latencies> {
    return await this.#client.call('flood', { valid: { port, ...valid }, flood: { port, ...flood } })
  }

  async stop (...servers: readonly Server[]): Promise<void> {
    await Promise.all((servers.length > 0 ? servers : this.#servers).map(async ({ child }) => { await child.stop() }))
  }

  async close (): Promise<void> {
    await this.stop()
    await this.#client.stop()
  }
}
