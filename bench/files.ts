import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The package's folder, by its name: this runs from where it was compiled to. */
export const ROOT = dirname(createRequire(import.meta.url).resolve('fastify-okta/package.json'))
export const RESULTS = join(ROOT, 'bench', 'results')

/** Writes a part of a page that stands between two marks, and nothing else of it. */
export async function writeBlock (page: string, name: string, block: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: written by the bench -->`, `<!-- ${name}: end -->`]
  const text = await readFile(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`the page has no block ${name}`)
  await writeFile(page, `${text.slice(0, from)}${begin}\n\n${block}\n\n${text.slice(to)}`)
}
