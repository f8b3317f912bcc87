import t from 'tap'
import { SEED_APPLICATION_MEMBERS, SEED_GROUP_MEMBERS, SEED_MEMBERS, SEED_USER_MEMBERS, defaultSeed, startLocalOkta } from 'local-okta'
import type { LocalOktaSeed } from 'local-okta'
import { start } from './start.js'

const [user, app] = [defaultSeed.users[0], defaultSeed.applications[0]]

t.test('a seed that is not one is refused, and the message names the member', async t => {
  const person = (login: string, others = {}) => ({ profile: { login, email: login, firstName: 'A', lastName: 'B' }, password: 'x', ...others })
  const refused: Array<[seed: unknown, message: RegExp]> = [
    ['a text', /^seed must be an object/],
    [{ people: [] }, /^seed\.people is not a member: there are users, groups, /],
    [{ users: {} }, /^seed\.users must be an array/],
    [{ users: ['ada'] }, /^seed\.users\[0\] must be an object/],
    [{ users: [{ ...user, groop: [] }] }, /^seed\.users\[0\]\.groop is not a member/],
    [{ users: [{ ...user, status: 'AWAKE' }] }, /^seed\.users\[0\]\.status must be one of STAGED, /],
    [{ users: [{ profile: user?.profile }] }, /^seed\.users\[0\]\.password must be a non-empty string/],
    [{ users: [{ ...user, profile: { ...user?.profile, login: '' } }] }, /^seed\.users\[0\]\.profile\.login must be/],
    [{ users: [{ ...user, groups: [1] }] }, /^seed\.users\[0\]\.groups must be an array of non-empty strings/],
    [{ users: [...defaultSeed.users, user] }, /^seed\.users\[3\]\.profile\.login must be unique, but seed\.users\[0\]/],
    [{ groups: [{ name: 'A', type: 'OTHER' }] }, /^seed\.groups\[0\]\.type must be/],
    [{ applications: [{ ...app, grantTypes: 'authorization_code' }] }, /^seed\.applications\[0\]\.grantTypes must be/],
    [{ groupsClaim: { name: 'groups' } }, /^seed\.groupsClaim must be/],
    [{ groups: [] }, /^seed\.users\[0\]\.groups names Fastify Okta, which is not in seed\.groups: the shipped seed has these users/],
    [{ users: [person('a@example.com', { groups: ['Hut 8'] })] }, /^seed\.users\[0\]\.groups names Hut 8, which is not in seed\.groups$/],
    [{ users: [person('a@example.com', { id: 'a' }), person('b@example.com', { id: 'a' })] }, /^seed\.users\[1\]\.id must be unique, but seed\.users\[0\]\.id is a/],
    [{ users: [person('A@example.com'), person('a@example.com')] }, /^seed\.users\[1\]\.profile\.login must be unique/],
    [{ users: [person('a@example.com', { id: 'a/b' })] }, /^seed\.users\[0\]\.id must have only letters/],
    [{ users: [], groups: [{ name: 'A' }, { name: 'A' }] }, /^seed\.groups\[1\]\.name must be unique/],
    [{ users: [], groups: [{ name: 'Everyone' }] }, /^seed\.groups\[0\]\.name must not be Everyone, which every org has/],
    [{ scopes: ['a b'] }, /^seed\.scopes\[0\] must be one scope/],
    [{ scopes: ['openid'] }, /^seed\.scopes\[0\] must not be openid, which every server has/],
    [{ scopes: ['a', 'a'] }, /^seed\.scopes\[1\] must be unique/],
    [{ groupsClaim: { name: 'groups', filter: '(' } }, /^seed\.groupsClaim must be .* a regular expression/],
    [{ applications: [...defaultSeed.applications, app] }, /^seed\.applications\[4\]\.clientId must be unique/],
    [{ applications: [{ ...app, assignedUsers: ['nobody'] }, ...defaultSeed.applications.slice(1)] }, /^seed\.applications\[0\]\.assignedUsers names nobody, which is not in seed\.users/],
    [{ applications: [{ ...app, grantTypes: ['magic'] }, ...defaultSeed.applications.slice(1)] }, /^seed\.applications: Greeting page: grantTypes must be some of .*: magic is not one/]
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
