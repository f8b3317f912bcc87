import { once } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { resetSharedOrg } from '../kit/org.js'

/**
 * Runs test files in this process, one after the other: the tests of a file begin when it is loaded, and the next file is
 * loaded when they are done. They share the local Okta of `shareOrg`, which is reset in between.
 */
for (const file of process.argv.slice(2)) {
  // tap names the folders of `t.testdir` by all arguments: a name too long for a file system.
  t.testdirName = resolve('.tap/fixtures', file.replaceAll('/', '-'))
  const loading = import(pathToFileURL(resolve(file)).href)
  t.waitOn(loading)
  await loading.catch(() => {})
  if (!t.idle) await once(t, 'idle')
  await resetSharedOrg()
  // Files limit the time that they take; the runner limits the process.
  t.setTimeout(0)
}
