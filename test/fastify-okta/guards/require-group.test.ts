import t from 'tap'
import { GroupRequiredError } from '#fastify-okta/errors.js'
import type { Authentication } from '#fastify-okta/guards/authenticate.js'
import { createGroupCheck } from '#fastify-okta/guards/require-group.js'
import { namesAndIdsOf } from '#fastify-okta/okta/directory/membership.js'
import type { OktaGroup } from '#fastify-okta/okta/directory/user.js'
import { claimsOf } from '../../kit/access-token.js'
import { oktaGroup, oktaUser } from '../../kit/okta-user.js'

function isLetIn (names: string[], authentication: Authentication): boolean {
  try {
    createGroupCheck(names)(authentication)
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
  const entry = groups === null ? null : { user: oktaUser({ groups }), groups: namesAndIdsOf(groups), readAt: 0 }
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

t.test('without a directory the token\'s groups count, if they are a list of texts', async t => {
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

t.test('a check for no group, or for none that can be, is refused at once', async t => {
  for (const names of [[], [''], ['a', ''], [undefined], [null], [1], [['a']]]) {
    t.throws(() => createGroupCheck(names as string[]), { name: 'TypeError', message: /^requireGroup\(\.\.\.names\)/ }, JSON.stringify(names))
  }
})
