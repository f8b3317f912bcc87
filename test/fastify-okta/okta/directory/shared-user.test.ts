import t from 'tap'
import { readSharedUser, writeSharedUser } from '#fastify-okta/okta/directory/shared-user.js'
import { ADA } from '../../../kit/access-token.js'
import { oktaGroup, oktaUser } from '../../../kit/okta-user.js'

const TIMES = { readAtMs: 1_800_000_000_000, localReadAtMs: 1_800_000_000_001 }
const READ_AT = TIMES.readAtMs
const user = oktaUser({ lastLogin: '2026-11-24T09:30:00.000Z', groups: [oktaGroup('Fastify Okta'), oktaGroup('Imported', { type: 'APP_GROUP' })] })

/** A serialized user with these members replaced. */
function textOf (difference: object, shared: object = {}): string {
  return JSON.stringify({ ...TIMES, user: { ...user, ...difference }, ...shared })
}

t.test('a user comes out as it went in, and frozen', async t => {
  const shared = readSharedUser(writeSharedUser({ user, ...TIMES }), ADA, [])

  t.same(JSON.parse(JSON.stringify(shared)), { user, ...TIMES })
  for (const part of [shared?.user, shared?.user?.profile, shared?.user?.groups, shared?.user?.groups[0]]) t.ok(Object.isFrozen(part))
  t.equal(Object.getPrototypeOf(shared?.user), null)
})

t.test('that a user does not exist is serialized too', async t => {
  t.same(readSharedUser(writeSharedUser({ user: null, ...TIMES }), ADA, []), { user: null, ...TIMES })
})

t.test('a user has the profile attributes that this process keeps, and no others', async t => {
  const text = writeSharedUser({ user: oktaUser({ profile: { ...user.profile, badge: { color: ['red'] } } }), ...TIMES })

  t.match(readSharedUser(text, ADA, ['badge'])?.user?.profile, { badge: { color: ['red'] } })
  t.match(readSharedUser(text, ADA, ['badge', 'email'])?.user?.id, ADA, 'one that is kept anyway changes nothing')
  for (const attributes of [[], ['department'], ['badge', 'department']]) t.equal(readSharedUser(text, ADA, attributes), undefined)
})

t.test('anything else is not a user', async t => {
  const { login, ...profile } = user.profile
  const { groups, ...groupless } = user
  const group = oktaGroup('Fastify Okta')
  const texts = {
    'no JSON': 'OK',
    nothing: '',
    'a number': '1',
    'a list': '[]',
    'an empty object': '{}',
    'cut off': textOf({}).slice(0, -1),
    'with more behind it': `${textOf({})} {}`,
    'a user alone': JSON.stringify(user),
    'no time': JSON.stringify({ user }),
    'a time that is a text': textOf({}, { readAtMs: String(READ_AT) }),
    'a time that is none': textOf({}, { readAtMs: 1.5 }),
    'one time only': JSON.stringify({ readAtMs: READ_AT, user }),
    'a second time that is not an integer': textOf({}, { localReadAtMs: 1.5 }),
    'a time that is null': textOf({}, { readAtMs: null }),
    'a user who is a text': textOf({}, { user: 'ada' }),
    'a user who is a list': textOf({}, { user: [user] }),
    'more than that': textOf({}, { isAdmin: true }),
    'another user': textOf({ id: '00ugracehopper000001' }),
    'a user without an id': textOf({ id: undefined }),
    'a user without groups': JSON.stringify({ ...TIMES, user: groupless }),
    'a user with more': textOf({ credentials: {} }),
    'an unknown status': textOf({ status: 'VERY_ACTIVE' }),
    'a status that is no text': textOf({ status: ['ACTIVE'] }),
    'a date that is no text': textOf({ created: 1 }),
    'a profile that is none': textOf({ profile: null }),
    'a profile without a login': textOf({ profile }),
    'a login that is null': textOf({ profile: { ...profile, login: null } }),
    'an email that is no text': textOf({ profile: { ...user.profile, email: { toString: 'ada' } } }),
    'groups that are no list': textOf({ groups: { 0: group, length: 1 } }),
    'a group that is a text': textOf({ groups: ['Fastify Okta'] }),
    'a group without a name': textOf({ groups: [{ ...group, name: undefined }] }),
    'a group of an unknown type': textOf({ groups: [{ ...group, type: 'OTHER' }] }),
    'a group with more': textOf({ groups: [{ ...group, profile: {} }] }),
    'a member named twice': textOf({}).replace('"status"', '"status":"SUSPENDED","status"'),
    'a prototype': textOf({}).replace('"created"', '"__proto__"')
  }
  t.ok(readSharedUser(textOf({}), ADA, []))
  t.equal(groups.length, 2)
  t.equal(login, 'ada@example.com')

  for (const [title, text] of Object.entries(texts)) t.equal(readSharedUser(text, ADA, []), undefined, title)
})
