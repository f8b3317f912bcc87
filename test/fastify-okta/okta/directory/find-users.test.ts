import t from 'tap'
import { Directory } from '#fastify-okta/okta/directory/directory.js'
import { ADA } from '../../../kit/access-token.js'
import { directoryOf, GRACE, restore, startOrg } from '../../../kit/org.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

const directory = await Directory.open(directoryOf(org))

t.test('users are found by login and by address, without regard to case, whatever their status', async (t) => {
  org.users.update(GRACE, { email: 'shared@example.com' })
  org.users.update(ADA, { email: 'Shared@Example.com' })
  org.users.setStatus(ADA, 'SUSPENDED')

  t.same([...await directory.findUserIds('SHARED@example.com')].sort(), [ADA, GRACE].sort())
  t.same(await directory.findUserIds('Ada@Example.com'), [ADA])
})

t.test('an id, the first part of a login, or what could change the search finds no user', async (t) => {
  for (const login of [ADA, 'ada', 'nobody@example.com', 'a" or profile.login sw "', '*', '../groups', '..', 'a/b', 'a?b=c', 'ädä@example.com', 'a\\']) {
    t.same(await directory.findUserIds(login), [], login)
  }
  t.same(org.requests.filter(({ path }) => !path.startsWith('/api/v1/users')), [], 'and nothing else is asked for')
})

t.test('a user is found before the search knows the user', async (t) => {
  org.faults.add({ path: /[?&]search=/, status: 200, body: [] })
  t.same(await directory.findUserIds('ada@example.com'), [ADA])
})

t.test('an answer that is not Okta\'s is an outage, not a missing user', async (t) => {
  const faults = [{ status: 500 }, { status: 404, body: '<h1>Not found</h1>' }, { status: 200, body: '<h1>Sign in</h1>' }, { status: 200, body: { users: [] } }, { drop: true }] as const
  for (const fault of faults) {
    restore(org)
    org.faults.add({ path: /^\/api\/v1\/users/, ...fault })
    await t.rejects(directory.findUserIds('ada@example.com'), { code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', statusCode: 503 }, JSON.stringify(fault))
  }
})
