import type { Test } from 'tap'
import { startLocalOkta } from '../../src/local-okta/index.js'
import type { LocalOkta, LocalOktaOptions } from '../../src/local-okta/index.js'

/** Starts a local Okta on a free port and stops it when the test ends. */
export async function start (t: Pick<Test, 'teardown'>, options: LocalOktaOptions = {}): Promise<LocalOkta> {
  const localOkta = await startLocalOkta(options)
  t.teardown(async () => localOkta.stop())
  return localOkta
}
