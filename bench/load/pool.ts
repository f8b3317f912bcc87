import { setImmediate } from 'node:timers/promises'
import { Connection } from './connection.js'

export interface PoolOptions {
  readonly port: number
  readonly path: string
  readonly connections: number
  /** Any other status fails the measurement. */
  readonly statuses: readonly number[]
}

/** The credentials of the next request, as header lines. */
export type NextHeaders = () => string

export interface Throughput {
  readonly requestsPerSecond: number
}

/** Open connections to one server. */
export interface Pool {
  /**
   * So many requests as fast as the server answers.
   *
   * @param isAwake whether this process never sleeps meanwhile: to wake it costs the server up to a tenth of its time, more of it
   *   the longer a request takes. Only with a core of its own.
   */
  saturate (requests: number, next: NextHeaders, isAwake: boolean): Promise<Throughput>
  /**
   * Requests evenly spaced. Returns their latencies in milliseconds from when each was due, whether it could be sent then or not:
   * what a caller would have seen.
   */
  sendAtRate (perSecond: number, durationMs: number, next: NextHeaders): Promise<number[]>
  close (): void
}

export async function openPool ({ port, path, connections: count, statuses }: PoolOptions): Promise<Pool> {
  const connections = await Promise.all(Array.from({ length: count }, async () => await Connection.open(port)))

  /** Each connection takes the next request when it has the answer to its last one. */
  async function share (requests: number, send: (connection: Connection, n: number) => Promise<void>): Promise<void> {
    let n = 0
    await Promise.all(connections.map(async (connection) => {
      while (n < requests) await send(connection, n++)
    }))
  }

  async function request (connection: Connection, headers: string): Promise<void> {
    const status = await connection.request(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n${headers}\r\n`)
    if (!statuses.includes(status)) throw new Error(`answered ${status} instead of ${statuses.join(' or ')}`)
  }

  return {
    async saturate (requests, next, isAwake) {
      const start = performance.now()
      const answers = share(requests, async (connection) => { await request(connection, next()) })
      await (isAwake ? stayAwakeUntil(answers) : answers)
      return { requestsPerSecond: requests / (performance.now() - start) * 1000 }
    },
    async sendAtRate (perSecond, durationMs, next) {
      const latenciesMs: number[] = []
      const start = performance.now()
      await share(Math.floor(durationMs / 1000 * perSecond), async (connection, n) => {
        const dueAt = start + n / perSecond * 1000
        // Timers are off by a millisecond, which is more than most answers take.
        while (performance.now() < dueAt) await setImmediate()
        await request(connection, next())
        latenciesMs.push(performance.now() - dueAt)
      })
      return latenciesMs
    },
    close () {
      for (const connection of connections) connection.close()
    }
  }
}

async function stayAwakeUntil (end: Promise<void>): Promise<void> {
  const ended = new AbortController()
  const awake = (async () => { while (!ended.signal.aborted) await setImmediate() })()
  try {
    await end
  } finally {
    ended.abort()
    await awake
  }
}
