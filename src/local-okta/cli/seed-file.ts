import { readFile } from 'node:fs/promises'
import JSON5 from 'json5'
import { completeSeed } from '../index.js'
import type { LocalOktaSeed } from '../index.js'
import { CommandFailure } from './exit.js'

/**
 * Reads a seed from a JSON or JSON5 file. Members that are left out come from the shipped seed.
 *
 * @throws {CommandFailure} with the path of the member that is wrong, and its rule
 */
export async function readSeedFile (file: string): Promise<LocalOktaSeed> {
  const seed = parse(file, await readText(file))
  try {
    return completeSeed(seed as Partial<LocalOktaSeed>)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw seedFailure(file, cause.message.replace(/^seed\.?/, '').trim(), cause)
  }
}

async function readText (file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw seedFailure(file, (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'the file cannot be read', cause)
  }
}

function parse (file: string, text: string): unknown {
  try {
    return JSON5.parse(text)
  } catch (cause) {
    const { lineNumber, columnNumber } = cause as { lineNumber?: number, columnNumber?: number }
    throw seedFailure(file, `is neither JSON nor JSON5: line ${lineNumber ?? 1}, column ${columnNumber ?? 1}`, cause)
  }
}

function seedFailure (file: string, issue: string, cause?: unknown): CommandFailure {
  return new CommandFailure(`--seed ${file}: ${issue}`, { code: 'seed', cause })
}
