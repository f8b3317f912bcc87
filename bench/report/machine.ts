import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { PEERS } from '../peers.js'

/** Where the figures come from. Nothing in it tells whose machine it was. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly openssl: string
  readonly v8: string
  readonly versions: Readonly<Record<string, string>>
}

export function describeMachine (): Machine {
  const packages = new Set(['fastify', ...PEERS.flatMap((peer) => peer.package ?? [])])
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch} ${release().split('-')[0] as string}`,
    node: process.versions.node,
    openssl: process.versions.openssl ?? '',
    v8: process.versions.v8,
    versions: Object.fromEntries([...packages].sort().map(name => [name, versionOf(name)]))
  }
}

function versionOf (name: string): string {
  const [folder] = createRequire(import.meta.url).resolve.paths(name)?.map((path) => join(path, name, 'package.json')).filter(existsSync) ?? []
  return folder === undefined ? 'unknown' : (JSON.parse(readFileSync(folder, 'utf8')) as { version: string }).version
}
