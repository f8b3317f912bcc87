import { deepFreezeWithoutPrototypes } from '#fastify-okta/oauth/frozen.js'
import type { OktaUser } from '#fastify-okta/okta/directory/user.js'

const GROUPS = 4

/** A user as the directory keeps it: every attribute has a value, and there are a few groups. */
export function makeUser (userId: string): OktaUser {
  return deepFreezeWithoutPrototypes({
    id: userId,
    status: 'ACTIVE',
    created: '2026-01-01T00:00:00.000Z',
    lastLogin: '2026-11-24T08:00:00.000Z',
    lastUpdated: '2026-11-01T00:00:00.000Z',
    profile: {
      login: `${userId}@example.com`,
      email: `${userId}@example.com`,
      firstName: `First ${userId}`,
      lastName: `Last ${userId}`,
      displayName: `First Last ${userId}`,
      nickName: userId,
      timezone: 'Europe/London',
      locale: 'en_GB',
      preferredLanguage: 'en-GB'
    },
    groups: Array.from({ length: GROUPS }, (_, n) => ({ id: `00g${n}${userId.slice(4)}`, name: `Group ${n} of ${userId}`, type: 'OKTA_GROUP' as const }))
  })
}
