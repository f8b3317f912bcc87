import { reasonForCiOnly } from './ci-only.js'
import { sourceName } from './failure.js'

/**
 * Folders whose files run in one process, since the start of one, with what it imports and a local Okta, takes longer than
 * most of their tests: 68 s of processor time for the 13 files of local-okta/resources each by itself, 23 s together. A file
 * belongs to the first folder that fits.
 */
const FOLDERS = ['attacks/', 'fastify-okta/guards/', 'fastify-okta/oauth/', 'greeting/routes/', 'local-okta/oauth/', 'local-okta/resources/', 'local-okta/']

/** In these folders, but in a process of their own: they are slow, or about processes. */
const ALONE = ['local-okta/cli', 'local-okta/console/', 'local-okta/fuzz', 'local-okta/kernel/', 'local-okta/model']

/** The compiled test files, in groups that run in one process each. */
export function groupFiles (files: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  for (const file of files) {
    const key = folderOf(sourceName(file)) ?? file
    groups.set(key, [...groups.get(key) ?? [], file])
  }
  return [...groups.values()]
}

function folderOf (source: string): string | undefined {
  const path = source.replace(/^test\//, '')
  if (reasonForCiOnly(source) !== undefined || ALONE.some(start => path.startsWith(start))) return undefined
  return FOLDERS.find(folder => path.startsWith(folder))
}
