import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml'
}

const YEAR_SECONDS = 31_536_000
const DAY_SECONDS = 86_400
const HASH_LENGTH = 16

/** A file for browsers. */
export interface Asset {
  /** Holds a hash of the content, so the content of a path never changes. */
  readonly path: string
  readonly content: Buffer
  readonly type: string
}

const NAMES = ['page.js', 'style.css', 'docs.js', 'docs-style.css', 'icon.svg'] as const

export type Assets = Readonly<Record<typeof NAMES[number], Asset>>

/**
 * Reads the files for browsers that `npm run build:browser` has made.
 *
 * @throws {Error} they have not been built
 */
export function readAssets (): Assets {
  const folder = join(import.meta.dirname, '../browser')
  try {
    return Object.fromEntries(NAMES.map((name) => [name, readAsset(join(folder, name), '/assets', name)])) as unknown as Assets
  } catch (cause) {
    throw new Error('the browser part is not built: npm run build:browser', { cause })
  }
}

/** @param prefix the path that the asset is served below */
export function readAsset (file: string, prefix: string, name: string): Asset {
  const content = readFileSync(file)
  const hash = createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH)
  return { path: `${prefix}/${name.replace(/(?=\.\w+$)/, `-${hash}`)}`, content, type: TYPES[extname(name)] ?? 'application/octet-stream' }
}

/** Serves assets at their paths. */
export function serveAssets (app: FastifyInstance, assets: readonly Asset[]): void {
  for (const { path, content, type } of assets) {
    app.get(path, { schema: { hide: true } }, (_request, reply) => reply
      .headers({ 'cache-control': `public, max-age=${YEAR_SECONDS}, immutable`, 'cross-origin-resource-policy': 'same-origin' })
      .type(type)
      .send(content))
  }
}

/** `GET /favicon.ico`: browsers request it beside JSON and text, which name no icon. */
export function serveIcon (app: FastifyInstance, { content, type }: Asset): void {
  app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) => reply
    .headers({ 'cache-control': `public, max-age=${DAY_SECONDS}`, 'cross-origin-resource-policy': 'same-origin' })
    .type(type)
    .send(content))
}
