import t from 'tap'
import { SEED_APPLICATION_MEMBERS, SEED_GROUP_MEMBERS, SEED_MEMBERS, SEED_USER_MEMBERS, defaultSeed, startLocalOkta } from 'local-okta'
import type { LocalOktaSeed } from 'local-okta'
import { start } from './start.js'

const [user, app] = [defaultSeed.users[0], defaultSeed.applications[0]]

t.test('a seed that is not one is refused, and the message names the member', async t => {
  const refused: Array<[seed: unknown, message: RegExp]> = [
    ['a text', /^seed must be an object/],
    [{ people: [] }, /^seed\.people is not a member: there are users, groups, /],
    [{ users: {} }, /^seed\.users must be SeedUser\[\]/],
    [{ users: ['ada'] }, /^seed\.users\[0\] must be an object/],
    [{ users: [{ ...user, groop: [] }] }, /^seed\.users\[0\]\.groop is not a member/],
    [{ users: [{ ...user, status: 'AWAKE' }] }, /^seed\.users\[0\]\.status must be 'STAGED' \|/],
    [{ users: [{ profile: user?.profile }] }, /^seed\.users\[0\]\.password must be string/],
    [{ users: [{ ...user, profile: { ...user?.profile, login: '' } }] }, /^seed\.users\[0\]\.profile\.login must be/],
    [{ users: [{ ...user, groups: [1] }] }, /^seed\.users\[0\]\.groups must be string\[\]/],
    [{ users: [...defaultSeed.users, user] }, /^seed\.users\[3\]/],
    [{ groups: [{ name: 'A', type: 'OTHER' }] }, /^seed\.groups\[0\]\.type must be/],
    [{ applications: [{ ...app, grantTypes: 'authorization_code' }] }, /^seed\.applications\[0\]\.grantTypes must be/],
    [{ groupsClaim: { name: 'groups' } }, /^seed\.groupsClaim must be/],
    [{ groups: [] }, /names a group it does not define: Fastify Okta/]
  ]
  for (const [seed, message] of refused) await t.rejects(startLocalOkta({ seed: seed as LocalOktaSeed }), { name: 'TypeError', message }, String(message))
})

t.test('every member of a seed is described', async t => {
  for (const members of [SEED_MEMBERS, SEED_USER_MEMBERS, SEED_GROUP_MEMBERS, SEED_APPLICATION_MEMBERS]) {
    for (const [name, { type, description }] of Object.entries(members)) t.ok(type !== '' && description.endsWith('.'), name)
  }
})

t.test('a seed fills the org, and stays as it was', async t => {
  const seed: Partial<LocalOktaSeed> = {
    users: [...defaultSeed.users, { profile: { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing' }, password: 'local-okta-2', status: 'SUSPENDED', groups: ['Hut 8'] }],
    groups: [...defaultSeed.groups, { name: 'Hut 8' }],
    applications: defaultSeed.applications.map(application => application.label === 'Nightly job' ? { ...application, assignedUsers: ['alan@example.com'], assignedGroups: ['Hut 8'] } : application)
  }
  const before = structuredClone(seed)
  const { users, groups, applications } = await start(t, { seed })
  const alan = users.find('alan@example.com')
  t.match(alan, { status: 'SUSPENDED' })
  t.strictSame(groups.find('Hut 8')?.memberIds, [alan?.id])
  t.strictSame(applications.find('service')?.groupIds, [groups.find('Hut 8')?.id])
  users.update('alan@example.com', { nickName: 'Prof' })
  t.strictSame(seed, before)
})
