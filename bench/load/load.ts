import { Connection } from './connection.js'

/** The credentials of the next request, as header lines. */
export type NextHeaders = () => string

export interface LoadOptions {
  readonly port: number
  readonly path: string
  readonly connections: number
  /** Any other status fails the measurement. */
  readonly statuses: readonly number[]
}

export interface Throughput {
  readonly requests: number
  readonly seconds: number
  /** The part of the time in which the client's core worked. */
  readonly clientBusy: number
}

export interface Latencies {
  readonly requests: number
  /** In milliseconds from when each request was due, whether the client could send it then or not. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** So many requests as fast as the server answers, each connection sending the next one when it has its answer. */
export async function saturate ({ connections, check, failed }: Pool, options: LoadOptions & { readonly requests: number }, next: NextHeaders): Promise<Throughput> {
  const { requests } = options
  const cpu = process.cpuUsage()
  const start = performance.now()
  let [sent, answered] = [0, 0]
  const done = new Promise<void>(resolve => {
    const send = (connection: Connection): void => {
      if (sent === requests) return
      sent++
      connection.send(toRequest(options, next()))
    }
    for (const connection of connections) {
      connection.onAnswer = (_connection, status) => {
        check(status)
        answered++
        if (answered === requests) resolve()
        send(connection)
      }
      send(connection)
    }
  })
  await Promise.race([done, failed])
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { requests, seconds, clientBusy: (user + system) / 1e6 / seconds }
}

/**
 * Requests at a fixed rate, evenly spaced. A request that finds all connections taken waits, and its wait counts: what a caller
 * would have seen.
 */
export async function sendAtRate (options: LoadOptions & { readonly rate: number, readonly durationMs: number }, next: NextHeaders): Promise<Latencies> {
  const { durationMs, rate } = options
  const total = Math.floor(durationMs / 1000 * rate)
  const { connections, check, failed, close } = await openPool(options)
  try {
    const free = [...connections]
    const latencies: number[] = []
    const start = performance.now()
    let sent = 0
    const done = new Promise<void>(resolve => {
      for (const connection of connections) {
        connection.onAnswer = (_connection, status) => {
          check(status)
          latencies.push(performance.now() - connection.dueAt)
          free.push(connection)
          if (latencies.length === total) resolve()
        }
      }
      // Timers are off by a millisecond, which is more than most answers take: the loop turns without waiting.
      const turn = (): void => {
        const due = Math.min(total, Math.floor((performance.now() - start) / 1000 * rate) + 1)
        for (; sent < due && free.length > 0; sent++) {
          // In turn, since a server closes a connection that lies idle for a few seconds.
          const connection = free.shift() as Connection
          connection.dueAt = start + sent / rate * 1000
          connection.send(toRequest(options, next()))
        }
        if (sent < total) setImmediate(turn)
      }
      turn()
    })
    await Promise.race([done, failed])
    return summarize(latencies)
  } finally {
    close()
  }
}

/** Open connections to one server. */
export interface Pool {
  readonly connections: readonly Connection[]
  /** Takes the status of an answer. */
  readonly check: (status: number) => void
  /** Rejects when a status is another one than the load expects, or a connection fails. */
  readonly failed: Promise<never>
  readonly close: () => void
}

export async function openPool ({ port, connections: count, statuses }: LoadOptions): Promise<Pool> {
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_resolve, reject) => { fail = reject })
  failed.catch(() => {})
  const check = (status: number): void => {
    if (!statuses.includes(status)) fail(new Error(`answered ${status} instead of ${statuses.join(' or ')}`))
  }
  const connections = await Promise.all(Array.from({ length: count }, async () => await Connection.open(port, fail)))
  return { connections, check, failed, close: () => { for (const connection of connections) connection.close() } }
}

function toRequest ({ path }: LoadOptions, credentials: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n${credentials}\r\n`
}

function summarize (latencies: number[]): Latencies {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { requests: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}
