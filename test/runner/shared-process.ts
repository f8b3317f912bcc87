import { reasonForCiOnly } from './ci-only.js'
import { sourceName } from './failure.js'

/**
 * Folders whose files run in one process, since the start of one, with what it imports and a local Okta, takes longer than
 * most of their tests: 68 s of processor time for the 13 files of local-okta/resources each by itself, 23 s together. A file
 * belongs to the first folder that fits.
 */
const FOLDERS = [
  'attacks/', 'fastify-okta/cli/', 'fastify-okta/guards/', 'fastify-okta/oauth/', 'fastify-okta/', 'greeting/routes/', 'greeting/',
  'hygiene/', 'local-okta/oauth/', 'local-okta/resources/', 'local-okta/', 'rfc/'
]

/** In these folders, but in a process of their own: they are slow, or about processes, or about what a process holds. */
const ALONE = [
  'fastify-okta/fastify-versions', 'fastify-okta/okta/directory/heap-size', 'greeting/redis/', 'greeting/server',
  'greeting/settings/config', 'greeting/start/', 'local-okta/cli.', 'local-okta/fuzz', 'local-okta/model'
]

/** The compiled test files, in groups that run in one process each. The largest ones come first, so as not to run alone at the end. */
export function groupFiles (files: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  for (const file of files) {
    const key = folderOf(sourceName(file)) ?? file
    groups.set(key, [...groups.get(key) ?? [], file])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

function folderOf (source: string): string | undefined {
  const path = source.replace(/^test\//, '')
  if (reasonForCiOnly(source) !== undefined || ALONE.some(start => path.startsWith(start))) return undefined
  return FOLDERS.find(folder => path.startsWith(folder))
}
