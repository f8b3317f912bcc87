import file, { type Test } from 'tap'
import { defaultSeed, startLocalOkta, type LocalOkta, type LocalOktaOptions } from 'local-okta'
import type { OpenDirectoryOptions } from '#fastify-okta/okta/directory/directory.js'
import { nextKey, usualKey } from './signing-key.js'

export const GRACE = '00ugracehopper000001'

const SEEDED = new Set(['Everyone', ...defaultSeed.groups.map(({ name }) => name)])

/** Starts an Okta org on a free port, with keys that need not be made: that takes a few tenths of a second. It stops when the test ends. */
export async function startOrg (t: Pick<Test, 'teardown'>, options: LocalOktaOptions = {}): Promise<LocalOkta> {
  const org = await startLocalOkta({ signingKeys: [usualKey, nextKey].map(({ privateKey }) => privateKey.export({ format: 'jwk' })), ...options })
  t.teardown(async () => { await org.stop() })
  return org
}

let shared: Promise<LocalOkta> | undefined

/** The org that the tests of a file share: see {@link restore}. */
export async function shareOrg (): Promise<LocalOkta> {
  const org = await (shared ??= startOrg(file))
  restore(org)
  return org
}

/** Makes the shared org as it was when it started, for the next file in the same process. */
export async function resetSharedOrg (): Promise<void> {
  (await shared)?.reset()
}

/** Makes an org as it was when it started, except for its keys, its applications, and users that tests have added, for the next test. */
export function restore (org: LocalOkta): void {
  org.faults.clear()
  org.requests.clear()
  for (const { id, profile } of org.groups.list()) if (!SEEDED.has(profile.name)) org.groups.delete(id)
  for (const { profile, groups = [] } of defaultSeed.users) {
    const cleared = Object.fromEntries(Object.keys(org.users.find(profile.login)?.profile ?? {}).map(name => [name, null]))
    org.users.update(profile.login, { ...cleared, ...profile })
    org.users.setStatus(profile.login, 'ACTIVE')
    for (const group of SEEDED) if (group !== 'Everyone' && !groups.includes(group)) org.groups.removeUser(group, profile.login)
    for (const group of groups) org.groups.addUser(group, profile.login)
  }
}

/** The options of a directory of this org, except for the difference. */
export function directoryOf ({ orgUrl, apiToken }: Pick<LocalOkta, 'orgUrl' | 'apiToken'>, difference: Partial<OpenDirectoryOptions> = {}): OpenDirectoryOptions {
  return {
    orgUrl,
    credentials: { token: apiToken },
    profileAttributes: [],
    userCacheTtlMs: 60_000,
    userCacheCeilingMs: 3_600_000,
    cooldownMs: 1000,
    timeoutMs: 5000,
    maxCachedUsers: 100,
    maxCachedBytes: 1_000_000,
    ...difference
  }
}
