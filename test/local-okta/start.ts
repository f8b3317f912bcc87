import file, { type Test } from 'tap'
import { startLocalOkta } from '../../src/local-okta/index.js'
import type { LocalOkta, LocalOktaOptions } from '../../src/local-okta/index.js'
import { restore } from '../fixtures/org.js'

/** Starts a local Okta on a free port and stops it when the test ends. */
export async function start (t: Pick<Test, 'teardown'>, options: LocalOktaOptions = {}): Promise<LocalOkta> {
  const localOkta = await startLocalOkta(options)
  t.teardown(async () => localOkta.stop())
  return localOkta
}

let shared: Promise<LocalOkta> | undefined

/** The local Okta of a file's tests, as it was when it started but for keys, applications, and people whom tests have added. */
export async function share (): Promise<LocalOkta> {
  const localOkta = await (shared ??= start(file))
  restore(localOkta)
  return localOkta
}
