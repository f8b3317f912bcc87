import t from 'tap'
import { GroupRequiredError, type GroupRequiredReason } from '#fastify-okta/errors.js'
import type { Authentication } from '#fastify-okta/guards/authentication.js'
import { requireGroup } from '#fastify-okta/guards/require-group.js'
import { groupMatchers } from '#fastify-okta/okta/directory/membership.js'
import type { OktaGroup } from '#fastify-okta/okta/directory/user.js'
import { claimsOf } from '../../kit/access-token.js'
import { oktaGroup, oktaUser } from '../../kit/okta-user.js'
import { thrownBy } from '../../kit/refusal.js'

function isLetIn (names: string[], authentication: Authentication): boolean {
  try {
    requireGroup(names, () => false)(authentication)
    return true
  } catch (error) {
    if (error instanceof GroupRequiredError) return false
    throw error
  }
}

/** A caller whose groups are those of the token. */
function byClaim (claims: Record<string, unknown>): Authentication {
  return { accessToken: { issuer: { directory: null }, claims: claimsOf('https://acme.okta.com', claims) }, entry: null } as unknown as Authentication
}

/** A caller whose groups are those of the directory, whatever the token says. */
function byDirectory (groups: readonly OktaGroup[] | null, claims: Record<string, unknown> = {}): Authentication {
  const entry = groups === null ? null : { user: oktaUser({ groups }), groups: groupMatchers(groups), readAt: 0 }
  return { accessToken: { issuer: { directory: {} }, claims: claimsOf('https://acme.okta.com', claims) }, entry } as unknown as Authentication
}

t.test('with a directory a group is found by name or by id, and one of several will do', async t => {
  const group = oktaGroup('Fastify Okta')
  t.ok(isLetIn(['Fastify Okta'], byDirectory([group])))
  t.ok(isLetIn([group.id], byDirectory([group])))
  t.ok(isLetIn(['Other', 'Fastify Okta'], byDirectory([oktaGroup('Everyone'), group])))
  t.notOk(isLetIn(['Other', 'Another'], byDirectory([group])))
  t.notOk(isLetIn(['Fastify Okta'], byDirectory([])))
})

t.test('with a directory an imported group of the same name opens nothing, but its id does', async t => {
  const imported = oktaGroup('Fastify Okta', { type: 'APP_GROUP' })
  t.notOk(isLetIn(['Fastify Okta'], byDirectory([imported])))
  t.ok(isLetIn([imported.id], byDirectory([imported])))
})

t.test('with a directory the token\'s groups do not count', async t => {
  t.notOk(isLetIn(['Fastify Okta'], byDirectory([], { groups: ['Fastify Okta'] })))
  t.notOk(isLetIn(['Fastify Okta'], byDirectory(null, { groups: ['Fastify Okta'] })), 'nor those of a client that acts for itself')
})

t.test('without a directory the token\'s groups count, if they are an array of strings', async t => {
  t.ok(isLetIn(['Fastify Okta'], byClaim({ groups: ['Everyone', 'Fastify Okta'] })))
  t.ok(isLetIn(['Other', 'Everyone'], byClaim({ groups: ['Everyone'] })))
  const others = [undefined, null, 'Fastify Okta', 'x Fastify Okta x', 1, true, {}, { 'Fastify Okta': true }, { 0: 'Fastify Okta', length: 1 }, [], [['Fastify Okta']], [null], [{ name: 'Fastify Okta' }]]
  for (const groups of others) t.notOk(isLetIn(['Fastify Okta'], byClaim({ groups })), JSON.stringify(groups))
})

t.test('a client that acts for itself is in no group', async t => {
  t.notOk(isLetIn(['Fastify Okta'], byClaim({ uid: undefined, groups: ['Fastify Okta'] })))
})

t.test('names are compared exactly, in both', async t => {
  const twins = [
    'fastify okta', 'FASTIFY OKTA', 'Fastify Okta ', ' Fastify Okta', 'Fastify\u00a0Okta', 'Fastify\u200d Okta', 'Ｆastify Okta', 'Fаstify Okta', 'Fastify Okta\0',
    'Fastify', 'Okta', 'Fastify Okta,Admins', 'Fastify Okta Admins', '*', '.*', ''
  ]
  for (const twin of twins) {
    t.notOk(isLetIn(['Fastify Okta'], byClaim({ groups: [twin] })), JSON.stringify(twin))
    t.notOk(isLetIn(['Fastify Okta'], byDirectory([oktaGroup(twin)])))
  }
  t.notOk(isLetIn(['caf\u00e9'], byClaim({ groups: ['cafe\u0301'] })), 'composed and decomposed')
  t.notOk(isLetIn(['a\ufffd'], byClaim({ groups: ['a\ud800'] })), 'a lone surrogate')
  t.notOk(isLetIn(['Other'], byClaim({ groups: ['__proto__', 'constructor'] })))
})

t.test('a guard that names no group, or something that is not a name, is refused at once', async t => {
  for (const names of [[], [''], ['a', ''], [undefined], [null], [1], [['a']]]) {
    t.throws(() => requireGroup(names as string[], () => false), { name: 'TypeError', message: /^requireGroup\(\.\.\.names\)/ }, JSON.stringify(names))
  }
})

t.test('a refusal names the required groups, and says why the caller is in none of them', async t => {
  const hundred = Array.from({ length: 100 }, (_, i) => `group-${i}`)
  const refused: Array<[string, Authentication, GroupRequiredReason]> = [
    ['a member of other groups, by the directory', byDirectory([oktaGroup('Other')]), 'not_a_member'],
    ['a member of other groups, by the claim', byClaim({ groups: ['Other'] }), 'not_a_member'],
    ['a member of no group, by the claim', byClaim({ groups: [] }), 'not_a_member'],
    ['neither a directory nor a claim', byClaim({}), 'no_groups'],
    ['a claim that is not an array', byClaim({ groups: 'Fastify Okta' }), 'no_groups'],
    ['a claim of exactly 100 groups', byClaim({ groups: hundred }), 'groups_truncated'],
    ['a claim of 99 groups', byClaim({ groups: hundred.slice(1) }), 'not_a_member'],
    ['a client that acts for itself, with a directory', byDirectory(null, { uid: undefined }), 'no_user'],
    ['a client that acts for itself, without a directory', byClaim({ uid: undefined }), 'no_user']
  ]
  for (const [title, authentication, reason] of refused) {
    t.match(thrownBy(() => { requireGroup(['Fastify Okta', 'Admins'], () => false)(authentication) }), { reason, groups: ['Fastify Okta', 'Admins'] }, title)
  }
})

t.test('that a group does not exist is the reason only if the directory has none of those that are required', async t => {
  const caller = byDirectory([oktaGroup('Other')])
  const missing = (...names: string[]) => (_directory: unknown, name: string) => names.includes(name)

  t.match(thrownBy(() => { requireGroup(['a', 'b'], missing('a', 'b'))(caller) }), { reason: 'no_such_group' })
  t.match(thrownBy(() => { requireGroup(['a', 'b'], missing('a'))(caller) }), { reason: 'not_a_member' })
})
