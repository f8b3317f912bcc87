import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { FastifyOktaOptions } from 'fastify-okta'
import typescript from 'typescript'
import { readBlocks } from '../docs/blocks.js'

const PAGE = 'recipes.md'

/** What a recipe finds: the page's first lines, and names that a reader replaces by their own. */
export interface Surroundings {
  readonly options: FastifyOktaOptions
  readonly [name: string]: unknown
}

/** The blocks under a heading of the page, in order. */
export function blocksUnder (heading: string): Array<{ language: string, code: string }> {
  const blocks = readBlocks(PAGE).filter((block) => block.heading === heading)
  if (blocks.length === 0) throw new Error(`${PAGE} has no code under "${heading}"`)
  return blocks
}

/** The headings that have code. */
export function headingsWithCode (): string[] {
  return [...new Set(readBlocks(PAGE).map(({ heading }) => heading))]
}

/**
 * Runs the blocks under a heading, one after another as one program, in a folder whose `node_modules` has what they import.
 * Blocks that do not make an application get one from the lines at the beginning of the page.
 *
 * @param gives the names of the recipe's own that the test needs; `app` by default
 */
export async function runRecipe<Given extends string = 'app'> (
  folder: string, heading: string, surroundings: Surroundings, gives?: readonly Given[]
): Promise<Record<Given, FastifyInstance>> {
  const parts = blocksUnder(heading).filter(({ language }) => language === 'js' || language === 'ts').map(toJavaScript)
  if (!parts.some((code) => /^const (?:app|nest) =/m.test(code))) parts.unshift(...blocksUnder('Recipes').map(({ code }) => code))
  const lines = parts.join('\n').split('\n')
  const imports = [...new Set(lines.filter((line) => line.startsWith('import ')))]
  const body = lines.filter((line) => !line.startsWith('import ')).map((line) => line.replace(/^export (?=const )/, ''))
  const file = join(folder, `${heading.replaceAll(/\W+/g, '-')}.mjs`)
  writeFileSync(file, [
    ...imports,
    `export default async function recipe ({ ${Object.keys(surroundings).join(', ')} }) {`,
    ...body,
    `return { ${(gives ?? ['app']).join(', ')} }`,
    '}'
  ].join('\n'))
  const { default: recipe } = await import(pathToFileURL(file).href) as { default (given: Surroundings): Promise<Record<Given, FastifyInstance>> }
  return await recipe(surroundings)
}

function toJavaScript ({ language, code }: { language: string, code: string }): string {
  if (language !== 'ts') return code
  return typescript.transpileModule(code, {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false
    }
  }).outputText
}
