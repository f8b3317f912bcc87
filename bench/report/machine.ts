import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../files.js'
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
  const packages = new Set(PEERS.flatMap(peer => peer.packages))
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
  const folder = name === 'fastify-okta' ? ROOT : join(ROOT, 'node_modules', name)
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}
