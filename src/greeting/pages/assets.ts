import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'

const TYPES = {
  'page.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml'
} as const

const YEAR_SECONDS = 31_536_000
const HASH_LENGTH = 16

interface Asset {
  /** Holds a hash of the content, so that the path means this content for ever. */
  readonly path: string
  readonly content: Buffer
}

export type Assets = Readonly<Record<keyof typeof TYPES, Asset>>

/**
 * Reads what the browser gets, as `npm run build:browser` has made it.
 *
 * @throws {Error} it has not
 */
export function readAssets (): Assets {
  const folder = join(import.meta.dirname, '../browser')
  const names = Object.keys(TYPES) as Array<keyof typeof TYPES>
  return Object.fromEntries(names.map(name => [name, readAsset(folder, name)])) as unknown as Assets
}

function readAsset (folder: string, name: string): Asset {
  const content = readContent(join(folder, name))
  const hash = createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH)
  return { path: `/assets/${name.replace('.', `-${hash}.`)}`, content }
}

function readContent (path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new Error('the browser part is not built: npm run build:browser', { cause })
  }
}

/** `GET /assets/…`: what the pages load. */
export function serveAssets (app: FastifyInstance, assets: Assets): void {
  for (const [name, { path, content }] of Object.entries(assets)) {
    app.get(path, { schema: { hide: true } }, (_request, reply) => reply
      .headers({ 'cache-control': `public, max-age=${YEAR_SECONDS}, immutable`, 'cross-origin-resource-policy': 'same-origin' })
      .type(TYPES[name as keyof typeof TYPES])
      .send(content))
  }
}
