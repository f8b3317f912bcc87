import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Block {
  /** What stands behind the fence, such as `sh`. */
  readonly language: string
  /** The heading that it stands under. */
  readonly heading: string
  readonly code: string
}

/** The code blocks of a page in docs/, in their order; by its path, of another page. */
export function readBlocks (page: string): Block[] {
  const text = readFileSync(join('docs', page), 'utf8')
  const blocks: Block[] = []
  let heading = ''
  for (const [, title, indent = '', language = '', code = ''] of text.matchAll(/^#+ (.+)$|^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)) {
    if (title !== undefined) heading = title
    else blocks.push({ language, heading, code: indent === '' ? code : code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') })
  }
  return blocks
}

/** The blocks of one language as one text. */
export function readCode (page: string, language: string, heading: string): string {
  const found = readBlocks(page).filter(block => block.language === language && block.heading === heading)
  if (found.length === 0) throw new Error(`${page} has no ${language} under ${heading}`)
  return found.map(({ code }) => code).join('\n')
}
