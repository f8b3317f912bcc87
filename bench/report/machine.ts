import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { RIVALS } from '../peers.js'

/** Where the figures come from. Nothing in it tells whose machine it was. */
export interface Machine {
  readonly hardware: string
  readonly software: string
}

export function describeMachine (): Machine {
  const { packages } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../package-lock.json'), 'utf8')) as { packages: Record<string, { version?: string }> }
  const names = ['fastify', ...RIVALS.map((peer) => peer.package ?? peer.file)].sort()
  return {
    hardware: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    software: [
      `${process.platform} ${process.arch} ${release().split('-')[0] as string}`, `Node ${process.versions.node}`, `OpenSSL ${process.versions.openssl}`,
      ...names.map((name) => `${name} ${packages[`node_modules/${name}`]?.version ?? 'unknown'}`)
    ].join(', ')
  }
}
