import t from 'tap'
import { callsTo, listing, nextOf } from '../management-api.js'
import { share } from '../start.js'

const ADA = '00uadalovelace000001'

let count = 0
function newProfile (attributes: object = {}): Record<string, unknown> {
  const login = `person${count += 1}@example.com`
  return { login, email: login, firstName: 'Alan', lastName: 'Turing', ...attributes }
}

t.test('the query and the credentials of a new user decide the status', async t => {
  const call = callsTo(await share())
  const password = { value: 'local-okta-2' }
  const hash = { algorithm: 'BCRYPT', workFactor: 10, salt: 'rwh3vH166HCH/NT9XV5FYu', value: 'qaMqvAPULkbiQzkTCWo5XDcvzpk8Tna' }
  const { body: { id: typeId } } = await call('POST', 'meta/types/user', { name: 'contractor', displayName: 'Contractor' })
  const cases: Array<[title: string, query: string, body: object, expected: object]> = [
    ['a password', '', { credentials: { password } }, { status: 'ACTIVE', credentials: { password: {}, provider: { type: 'OKTA' } } }],
    ['no password', '', {}, { status: 'PROVISIONED', passwordChanged: null }],
    ['activate=false', '?activate=false', { credentials: { password } }, { status: 'STAGED', activated: null }],
    ['nextLogin=changePassword', '?activate=true&nextLogin=changePassword', { credentials: { password } }, { status: 'PASSWORD_EXPIRED' }],
    ['a hash', '', { credentials: { password: { hash } } }, { status: 'ACTIVE', passwordChanged: /^20/, credentials: { password: {}, provider: { type: 'IMPORT', name: 'IMPORT' } } }],
    ['a password hook', '', { credentials: { password: { hook: { type: 'default' } } } }, { status: 'ACTIVE', credentials: { password: {}, provider: { type: 'IMPORT' } } }],
    ['a recovery question', '', { credentials: { password, recovery_question: { question: 'First pet?', answer: 'Turtle' } } }, { credentials: { recovery_question: { question: 'First pet?' } } }],
    ['a federated provider', '?provider=true', { credentials: { provider: { type: 'FEDERATION', name: 'FEDERATION' } } }, { status: 'ACTIVE', credentials: { provider: { type: 'FEDERATION', name: 'FEDERATION' } } }],
    ['a type', '', { type: { id: typeId } }, { type: { id: typeId }, _links: { type: { href: /\/oty\w+$/ } } }],
    ['a realm', '', { realmId: 'guo1a2b3c4d5e6f7g8h9' }, { realmId: 'guo1a2b3c4d5e6f7g8h9' }]
  ]
  for (const [title, query, body, expected] of cases) {
    const created = await call('POST', `users${query}`, { profile: newProfile(), ...body })
    t.equal(created.status, 200, title)
    t.match(created.body, expected, title)
    t.notMatch(JSON.stringify(created.body), /Turtle|local-okta-2|qaMqvAPU/, 'no secret is shown')
    t.match((await call('GET', `users/${created.body.id}`)).body, expected, `${title}, read again`)
  }
})

t.test('a new user that cannot be is refused with the reason', async t => {
  const call = callsTo(await share())
  const refused: Array<[query: string, body: object, expected: object]> = [
    ['?nextLogin=changePassword', {}, { errorCode: 'E0000124' }],
    ['?nextLogin=changePassword&activate=false', { credentials: { password: { value: 'x' } } }, { errorCode: 'E0000125' }],
    ['?nextLogin=never', {}, { errorCauses: [{ errorSummary: /^nextLogin:/ }] }],
    ['?activate=perhaps', {}, { errorCauses: [{ errorSummary: /^activate:/ }] }],
    ['?provider=true', {}, { errorCauses: [{ errorSummary: /^credentials.provider:/ }] }],
    ['', { credentials: { recovery_question: { question: 'First pet?' } } }, { errorCauses: [{ errorSummary: /^recovery_question.answer:/ }] }],
    ['', { credentials: { provider: { type: 'NONSENSE' } } }, { errorCauses: [{ errorSummary: /^provider.type:/ }] }],
    ['', { type: { id: 'oty1a2b3c4d5e6f7g8h9' } }, { errorCauses: [{ errorSummary: /^type:/ }] }],
    ['', { profile: newProfile({ firstName: 'x'.repeat(51) }) }, { errorCauses: [{ errorSummary: /^firstName:/ }] }]
  ]
  for (const [query, body, expected] of refused) {
    const answer = await call('POST', `users${query}`, { profile: newProfile(), ...body })
    t.equal(answer.status, 400, JSON.stringify([query, body]))
    t.match(answer.body, expected)
  }
})

t.test('logins that differ by letter case or accents only are one login', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const profile = (login: string) => newProfile({ login })
  t.equal((await call('POST', 'users', { profile: profile('jose@example.com') })).status, 200)
  for (const login of ['José@example.com', 'jose\u0301@example.com', 'JOSE@example.com']) {
    t.match(await call('POST', 'users', { profile: profile(login) }), { status: 400, body: { errorCauses: [{ errorSummary: /^login: An object with this field/ }] } }, login)
    t.match(await call('POST', 'users/grace@example.com', { profile: { login } }), { status: 400 }, `${login} for another user`)
    t.throws(() => localOkta.users.create({ profile: { ...profile(login), login, email: login, firstName: 'J', lastName: 'R' } }), TypeError)
    t.throws(() => localOkta.users.update(ADA, { login }), TypeError)
  }
  t.match(await call('POST', 'users/jose@example.com', { profile: { login: 'josé@example.com' } }), { status: 200, body: { profile: { login: 'josé@example.com' } } }, 'its own may change so')
  localOkta.users.delete('josé@example.com')
  t.equal((await call('POST', 'users', { profile: profile('jose@example.com') })).status, 200, 'a deleted user gives it free')
})

t.test('a login with a slash is found by id only', async t => {
  const call = callsTo(await share())
  const { body: { id, profile: { login } } } = await call('POST', 'users', { profile: newProfile({ login: 'a/b@example.com' }) })
  for (const [method, path] of [['GET', ''], ['POST', ''], ['DELETE', ''], ['GET', '/groups'], ['POST', '/lifecycle/suspend']] as const) {
    t.match(await call(method, `users/${encodeURIComponent(login)}${path}`, method === 'POST' ? {} : undefined), { status: 405, body: { errorCode: 'E0000022' } }, `${method} ${path}`)
  }
  t.equal((await call('GET', `users/${id}`)).status, 200)
})

t.test('an update keeps what it does not name, and a full one what was shown to it', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { body: created } = await call('POST', 'users', {
    profile: newProfile({ nickName: 'Prof', department: 'Hut 8' }),
    credentials: { password: { value: 'local-okta-2' }, recovery_question: { question: 'First pet?', answer: 'Turtle' } }
  })
  const path = `users/${created.id}`
  const { body: shown } = await call('GET', path)
  t.match((await call('PUT', path, shown)).body, { profile: { nickName: 'Prof' }, credentials: { recovery_question: { question: 'First pet?' } } }, 'GET, then PUT, changes nothing')
  t.match((await call('POST', path, { credentials: { recovery_question: { question: 'First car?', answer: 'Beetle' } } })).body, { credentials: { recovery_question: { question: 'First car?' } } })
  t.match(await call('POST', path, { credentials: { recovery_question: { question: 'Another?' } } }), { status: 400 }, 'a new question needs an answer')
  const { body: type } = await call('POST', 'meta/types/user', { name: 'robot', displayName: 'Robot' })
  t.match(await call('POST', path, { type: { id: type.id } }), { status: 400 }, 'only a full update changes the type')
  const { body: replaced } = await call('PUT', path, { profile: newProfile(), type: { id: type.id } })
  t.match(replaced, { type: { id: type.id }, profile: { nickName: null } })
  t.notOk('department' in replaced.profile, 'Okta has no null for a department')
})

t.test('a change whose If-Match is not the entity tag is refused', async t => {
  const call = callsTo(await share())
  const read = await call('GET', `users/${ADA}`)
  const etag = read.headers.get('etag') ?? ''
  t.match(etag, /^W\/"[0-9a-f]{64}"$/)
  t.equal((await call('POST', `users/${ADA}`, { profile: { nickName: 'Countess' } }, { 'if-match': etag })).status, 200)
  t.equal((await call('POST', `users/${ADA}`, { profile: { nickName: 'Ada' } }, { 'if-match': etag })).status, 412)
  t.equal((await call('PUT', `users/${ADA}`, read.body, { 'if-match': etag })).status, 412)
  t.equal((await call('POST', `users/${ADA}`, { profile: { nickName: 'Ada' } }, { 'if-match': '*' })).status, 200)
})

t.test('fields leaves only what it names', async t => {
  const call = callsTo(await share())
  t.strictSame((await call('GET', listing('users', { search: `id eq "${ADA}"`, fields: 'id,status' }))).body, [{ id: ADA, status: 'ACTIVE' }])
  t.strictSame((await call('GET', listing('users', { search: `id eq "${ADA}"`, fields: 'id,profile:(firstName,login),nonsense' }))).body,
    [{ id: ADA, profile: { firstName: 'Ada', login: 'ada@example.com' } }])
  for (const fields of ['', 'id,', 'profile:(', 'profile:(a', 'a)', 'profile:()', 'a b', 'a:('.repeat(1000)]) {
    t.equal((await call('GET', listing('users', { fields }))).status, 400, fields.slice(0, 20))
  }
})

t.test('the content type of a GET can leave the credentials out', async t => {
  const call = callsTo(await share())
  const headers = { 'content-type': 'application/json; okta-response=omitCredentials,omitCredentialsLinks' }
  const { body: user } = await call('GET', `users/${ADA}`, undefined, headers)
  t.notOk('credentials' in user)
  t.notOk('expirePassword' in user._links)
  t.ok('suspend' in user._links)
  const { body: [first] } = await call('GET', 'users', undefined, headers)
  t.notOk('credentials' in first)
})

t.test('q gives one page', async t => {
  const call = callsTo(await share())
  const found = await call('GET', listing('users', { q: 'a', limit: '1' }))
  t.equal(found.body.length, 1)
  t.equal(nextOf(found), undefined)
})

t.test('filter knows few attributes, search more, and neither any other', async t => {
  const call = callsTo(await share())
  const logins = async (query: Record<string, string>): Promise<unknown> => {
    const { status, body } = await call('GET', listing('users', query))
    return status === 200 ? body.map((user: { profile: { login: string } }) => user.profile.login) : body.errorCode
  }
  const accepted: Array<Record<string, string>> = [
    { filter: 'profile.firstName eq "Ada"' }, { filter: `id eq "${ADA}"` }, { filter: 'profile.email eq "ada@example.com" and lastUpdated gt "2020-01-01T00:00:00Z"' },
    { search: 'profile.firstName sw "ad"' }, { search: 'profile.nickName eq "x" or profile.lastName co "ovela"' }, { search: `id eq "${ADA}" and created ge "2020-01-01T00:00:00.000Z"` }
  ]
  for (const query of accepted) t.strictSame(await logins(query), ['ada@example.com'], Object.values(query).join())
  const refused: Array<Record<string, string>> = [
    { filter: 'profile.firstName sw "A"' }, { filter: 'profile.firstName co "A"' }, { filter: 'profile.firstName pr' }, { filter: 'profile.nickName eq "x"' },
    { filter: 'status gt "A"' }, { filter: 'nonsense eq "x"' }, { filter: 'constructor eq "x"' }, { filter: 'not (status eq "ACTIVE")' }, { filter: '' },
    { search: 'nonsense eq "x"' }, { search: 'toString pr' }, { search: 'profile. eq "x"' }, { search: 'profile.nickName co "x"' }, { search: 'status co "x"' }, { search: 'status ne "ACTIVE"' },
    { search: 'id pr', sortBy: 'nonsense' }, { search: 'id pr', sortBy: 'constructor' }
  ]
  for (const query of refused) t.equal(await logins(query), 'E0000031', Object.values(query).join(' sorted by '))
})

t.test('times are compared as times, with fractions of a second or without', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { lastUpdated } = localOkta.users.update(ADA, { nickName: 'Countess' })
  const second = `${lastUpdated.slice(0, 19)}Z`
  t.equal((await call('GET', listing('users', { filter: `id eq "${ADA}" and lastUpdated ge "${second}"` }))).body.length, 1)
  t.equal((await call('GET', listing('users', { filter: `id eq "${ADA}" and lastUpdated lt "${second}"` }))).body.length, 0)
})

t.test('a search is sorted as asked, equal ones by id', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const logins = async (query: Record<string, string>): Promise<string[]> =>
    (await call('GET', listing('users', { search: 'profile.lastName sw "Sorted"', ...query }))).body.map((user: { profile: { login: string } }) => user.profile.login)
  for (const [id, firstName] of [['00usorted00000000002', 'Bea'], ['00usorted00000000001', 'Bea'], ['00usorted00000000003', 'Abe']] as const) {
    localOkta.users.create({ id, profile: newProfile({ login: `${id}@example.com`, firstName, lastName: 'Sorted' }) as never })
  }
  const named = (...numbers: number[]): string[] => numbers.map(number => `00usorted0000000000${number}@example.com`)
  t.strictSame(await logins({ sortBy: 'profile.firstName' }), named(3, 1, 2))
  t.strictSame(await logins({ sortBy: 'profile.firstName', sortOrder: 'desc' }), named(1, 2, 3))
  t.strictSame(await logins({ sortBy: 'status' }), named(1, 2, 3))
  t.strictSame(await logins({ sortOrder: 'desc' }), named(2, 1, 3), 'sortOrder alone means nothing')
})

t.test('a change of a password and the end of sessions can be seen', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { body: { id } } = await call('POST', 'users', { profile: newProfile(), credentials: { password: { value: 'local-okta-2' } } })
  const before = localOkta.users.find(id)
  await new Promise(resolve => setTimeout(resolve, 2))
  await call('POST', `users/${id}/credentials/change_password`, { oldPassword: { value: 'local-okta-2' }, newPassword: { value: 'local-okta-3' }, revokeSessions: true })
  const after = localOkta.users.find(id)
  t.ok((after?.lastUpdated ?? '') > (before?.lastUpdated ?? ''), 'lastUpdated')
  t.ok((after?.passwordChanged ?? '') > (before?.passwordChanged ?? ''), 'passwordChanged')
  t.match(await call('POST', `users/${id}/credentials/change_recovery_question`, { password: { value: 'local-okta-3' }, recovery_question: { question: 'Where?', answer: 'There' } }),
    { status: 200, body: { password: {}, recovery_question: { question: 'Where?' }, provider: { type: 'OKTA', name: 'OKTA' } } })
  t.match(await call('POST', `users/${id}/credentials/change_recovery_question`, { password: { value: 'wrong' }, recovery_question: { question: 'Where?', answer: 'There' } }),
    { status: 403, body: { errorCode: 'E0000014' } })
})

t.test('what a copy of a user holds is the reader\'s own', async t => {
  const localOkta = await share()
  const copy = localOkta.users.find(ADA)
  const { profile } = copy as unknown as { profile: { firstName: string } }
  profile.firstName = 'Changed'
  t.equal(localOkta.users.find(ADA)?.profile.firstName, 'Ada')
  t.notOk('recoveryQuestion' in (copy ?? {}))
})
