import type { Group, User } from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { toOktaUser } from '#fastify-okta/okta/directory/plain-user.js'

const USER = {
  id: '00u1',
  status: 'ACTIVE',
  created: new Date('2026-01-01T00:00:00.000Z'),
  lastLogin: new Date('2026-02-01T12:30:00.500Z'),
  lastUpdated: new Date('2026-03-01T00:00:00.000Z'),
  profile: { login: 'ada@example.com', email: 'ada@example.com', firstName: 'Ada', mobilePhone: 'secret', badge: { number: 7, since: new Date(0) } },
  credentials: { password: {}, provider: { type: 'OKTA' } },
  _links: { self: { href: 'https://acme.okta.com' } }
} as unknown as User

t.test('of a user what is promised is kept, and nothing else', async t => {
  const groups = [{ id: '00g1', type: 'OKTA_GROUP', profile: { name: 'Greeters', description: 'secret' } }, { id: '00g2', type: 'APP_GROUP' }] as unknown as Group[]

  t.strictSame(JSON.parse(JSON.stringify(toOktaUser(USER, groups, []))), {
    id: '00u1',
    status: 'ACTIVE',
    created: '2026-01-01T00:00:00.000Z',
    lastLogin: '2026-02-01T12:30:00.500Z',
    lastUpdated: '2026-03-01T00:00:00.000Z',
    profile: {
      login: 'ada@example.com',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: null,
      displayName: null,
      nickName: null,
      timezone: null,
      locale: null,
      preferredLanguage: null
    },
    groups: [{ id: '00g1', name: 'Greeters', type: 'OKTA_GROUP' }, { id: '00g2', name: '', type: 'APP_GROUP' }]
  })
})

t.test('attributes that are asked for are kept as JSON', async t => {
  const { profile } = toOktaUser(USER, [], ['badge', 'shoeSize'])

  t.match(profile, { badge: { number: 7, since: '1970-01-01T00:00:00.000Z' }, shoeSize: null })
  t.notOk('mobilePhone' in profile)
})

t.test('a user is frozen all the way down', async t => {
  const user = toOktaUser(USER, [{ id: '00g1', type: 'OKTA_GROUP', profile: { name: 'a' } }] as unknown as Group[], ['badge'])

  for (const part of [user, user.profile, user.profile.badge, user.groups, user.groups[0]]) t.ok(Object.isFrozen(part))
})

t.test('a user without a profile or dates is one all the same', async t => {
  const user = toOktaUser({ id: '00u1', status: 'STAGED', created: new Date(NaN), lastLogin: null, lastUpdated: '2026-03-01' } as unknown as User, [], [])

  t.match(user, { created: null, lastLogin: null, lastUpdated: null, profile: { login: null } })
})
