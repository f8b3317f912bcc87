import type { OktaGroup, OktaUser } from '#fastify-okta/okta/directory/user.js'
import { ADA } from './access-token.js'

/** A user as the directory has it, except for the difference. */
export function oktaUser (difference: Partial<OktaUser> = {}): OktaUser {
  return {
    id: ADA,
    status: 'ACTIVE',
    created: '2026-01-01T00:00:00.000Z',
    lastLogin: null,
    lastUpdated: null,
    profile: {
      login: 'ada@example.com',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      displayName: null,
      nickName: null,
      timezone: null,
      locale: null,
      preferredLanguage: null
    },
    groups: [],
    ...difference
  }
}

export function oktaGroup (name: string, difference: Partial<OktaGroup> = {}): OktaGroup {
  return { id: `00g${name.toLowerCase().replace(/[^a-z]/g, '').padEnd(17, '0').slice(0, 17)}`, name, type: 'OKTA_GROUP', ...difference }
}
