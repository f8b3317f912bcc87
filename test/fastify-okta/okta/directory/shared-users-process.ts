import { MessageAuthenticator } from '#fastify-okta/okta/directory/message-authenticator.js'
import { SharedUsers, type Invalidation, type SharedUsersOptions } from '#fastify-okta/okta/directory/shared-users.js'
import type { OktaUser } from '#fastify-okta/okta/directory/user.js'
import { ADA } from '../../../kit/access-token.js'
import { oktaUser } from '../../../kit/okta-user.js'
import { type SharedStore } from '../../../kit/shared-store.js'

export const ORG = 'https://acme.okta.com'
export const FRESH_MS = 60_000
export const SECRET = 'an API token'

export interface Process {
  readonly users: SharedUsers
  /** Who was asked of Okta so far. */
  readonly lookups: string[]
  /** The evictions that this process was sent. */
  readonly forgotten: Invalidation[]
}

/** One process of several; Okta answers with the name that it has for Ada at the end of the lookup. */
export function createProcess (store: SharedStore, readUser: (userId: string) => Promise<OktaUser | null>, difference: Partial<SharedUsersOptions> = {}): Process {
  const lookups: string[] = []
  const forgotten: Invalidation[] = []
  const users = new SharedUsers({
    cache: store.process(),
    org: ORG,
    readUser: async userId => {
      lookups.push(userId)
      return await readUser(userId)
    },
    userCacheTtlMs: FRESH_MS,
    profileAttributes: [],
    secret: SECRET,
    ...difference
  })
  users.onInvalidation(whom => { forgotten.push(whom) })
  return { users, lookups, forgotten }
}

export const named = (firstName: string): OktaUser => oktaUser({ profile: { ...oktaUser().profile, firstName } })
export const nameIn = async (reading: Promise<{ user: OktaUser | null }>): Promise<unknown> => (await reading).user?.profile.firstName

/** Puts something where a user of this process's would be, and as if another process had. */
export function put (store: SharedStore, shared: { readAtMs: number, localReadAtMs?: number, user: object }, { secret = SECRET, purpose = `${ORG} ${ADA}` } = {}): void {
  store.put(ORG, ADA, new MessageAuthenticator(secret).sign(purpose, JSON.stringify({ localReadAtMs: shared.readAtMs, ...shared })))
}

/** A lookup that a test ends when it likes. */
export function holdLookup (): { readUser: () => Promise<OktaUser>, answer: (user: OktaUser) => void } {
  let answer = (_user: OktaUser): void => {}
  const answered = new Promise<OktaUser>(resolve => { answer = resolve })
  return { readUser: async () => await answered, answer: user => { answer(user) } }
}

export async function settle (): Promise<void> {
  await new Promise(resolve => { setImmediate(resolve) })
}
