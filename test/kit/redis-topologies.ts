import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Test } from 'tap'
import { eventually } from './eventually.js'
import { freePort, isFree } from './free-port.js'

/** A cluster's nodes listen on a port and on one that is so much higher. */
const BUS_PORT_DISTANCE = 10_000
/** Of a cluster, divided among its primaries in order. */
const SLOTS = 16_384

/** A Redis server among others. */
export interface RedisProcess {
  readonly port: number
  /** Kills it: connections break, and what it holds is lost. */
  kill (): Promise<void>
}

export interface RedisCluster {
  /** For `REDIS_URL`. */
  readonly url: string
  /** Kills the primary that has the slot of a key. */
  killPrimaryOf (key: string): Promise<void>
}

export interface RedisSentinels {
  /** For `REDIS_URL`. */
  readonly url: string
  /** Freezes the Sentinel that the URL names first: it accepts connections, and answers nothing. */
  freezeFirstSentinel (): void
  /** Has the Sentinels make the replica the primary, and the primary the replica, as an administrator does. */
  switchPrimary (): Promise<void>
  /** Kills the primary, once its replica could take over. On a busy machine that may have happened before. */
  killPrimary (): Promise<void>
}

/** Three primaries, each with a replica. */
export async function startCluster (t: Pick<Test, 'teardown'>): Promise<RedisCluster> {
  const ports: number[] = []
  while (ports.length < 6) {
    const port = await freePort()
    if (!ports.includes(port) && await isFree(port + BUS_PORT_DISTANCE)) ports.push(port)
  }
  const processes = ports.map((port) => startProcess(t, port, [
    '--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-config-file', 'nodes.conf', '--cluster-require-full-coverage', 'no'
  ]))
  await Promise.all(ports.map(isAnswering))
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  const created = spawnSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'], { encoding: 'utf8' })
  if (created.status !== 0) throw new Error(created.stdout + created.stderr)
  await Promise.all(ports.map(async (port) => { await isTrue(port, async (redis) => (await redis.cluster('INFO')).includes('cluster_state:ok')) }))
  // One that has never been in sync cannot take over.
  await Promise.all(ports.slice(3).map(isInSync))
  const primaries = processes.slice(0, 3) as [RedisProcess, ...RedisProcess[]]
  return {
    url: `redis-cluster://${addresses.slice(0, 3).join(',')}`,
    killPrimaryOf: async (key) => {
      const slot = await withClient(primaries[0].port, async (redis) => await redis.cluster('KEYSLOT', key))
      await primaries[Math.floor(slot * primaries.length / SLOTS)]?.kill()
    }
  }
}

/** A primary with a replica, and three Sentinels that call it `mymaster`. */
export async function startSentinels (t: Pick<Test, 'teardown'>): Promise<RedisSentinels> {
  const servers = [startProcess(t, await freePort(), []), startProcess(t, await freePort(), [])] as const
  const [primary, replica] = servers
  await Promise.all([primary.port, replica.port].map(isAnswering))
  await withClient(replica.port, async (redis) => await redis.replicaof('127.0.0.1', primary.port))
  await isInSync(replica.port)
  const ports = [await freePort(), await freePort(), await freePort()] as const
  const [first] = ports.map((port) => startSentinel(t, port, primary.port))
  await Promise.all(ports.map(async (port) => {
    await isTrue(port, async (redis) => /num-slaves,1,.*num-other-sentinels,2/.test(String(await redis.call('SENTINEL', 'MASTER', 'mymaster'))))
  }))
  // The last one is asked, since the first one may be frozen.
  return {
    url: `redis-sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/mymaster`,
    freezeFirstSentinel: () => { first?.kill('SIGSTOP') },
    switchPrimary: async () => {
      const [before] = await findServers()
      await isTrue(ports[2], async (redis) => await redis.call('SENTINEL', 'FAILOVER', 'mymaster') === 'OK')
      await eventually(async () => (await findServers())[0] !== before, 'the other one is the primary')
    },
    killPrimary: async () => {
      const [current, other] = await findServers()
      await isInSync(other.port)
      await current.kill()
    }
  }

  /** The primary, and then its replica. */
  async function findServers (): Promise<readonly [RedisProcess, RedisProcess]> {
    const [, port] = await withClient(ports[2], async (redis) => await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')) as [string, string]
    return Number(port) === primary.port ? [primary, replica] : [replica, primary]
  }
}

function startSentinel (t: Pick<Test, 'teardown'>, port: number, primaryPort: number): ChildProcess {
  const folder = makeFolder(t)
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, [
    `port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, `sentinel monitor mymaster 127.0.0.1 ${primaryPort} 2`,
    'sentinel down-after-milliseconds mymaster 2000', 'sentinel failover-timeout mymaster 3000'
  ].join('\n'))
  return spawnUntilTheEnd(t, [file, '--sentinel'])
}

function startProcess (t: Pick<Test, 'teardown'>, port: number, options: readonly string[]): RedisProcess {
  const folder = makeFolder(t)
  const server = spawnUntilTheEnd(t, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...options])
  return { port, kill: async () => { await new Promise((resolve) => { server.once('close', resolve).kill('SIGKILL') }) } }
}

function spawnUntilTheEnd (t: Pick<Test, 'teardown'>, values: readonly string[]): ChildProcess {
  const server = spawn('redis-server', values, { stdio: 'ignore' })
  t.teardown(() => { server.kill('SIGKILL') })
  return server
}

function makeFolder (t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

async function isAnswering (port: number): Promise<void> {
  await isTrue(port, async (redis) => await redis.ping() === 'PONG')
}

/** Waits until a replica has all of its primary. */
async function isInSync (port: number): Promise<void> {
  await isTrue(port, async (redis) => (await redis.info('replication')).includes('master_link_status:up'))
}

/** Waits until it holds; for a minute at most. */
async function isTrue (port: number, holds: (redis: Redis) => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!await withClient(port, holds).catch(() => false)) {
    if (Date.now() > end) throw new Error(`the Redis at ${port} is not ready`)
    await sleep(50)
  }
}

async function withClient<T> (port: number, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}
