import t from 'tap'
import { callsTo, listing, nextOf } from '../management-api.js'
import { share } from '../start.js'

const GREETED = '00gfastifyokta000001'

t.test('a description is a string or left out, and further attributes are kept', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { body: plain } = await call('POST', 'groups', { profile: { name: 'Plain' } })
  t.strictSame(plain.profile, { name: 'Plain' })
  const { body: rich } = await call('POST', 'groups', { profile: { name: 'Rich', description: 'First line', costCenter: '4711', id: 'x', type: 'BUILT_IN' } })
  t.match(rich, { id: /^00g\w{17}$/, type: 'OKTA_GROUP', profile: { name: 'Rich', description: 'First line', costCenter: '4711', id: 'x' } })
  t.strictSame((await call('PUT', `groups/${rich.id}`, rich)).body.profile, rich.profile, 'GET, then PUT, changes nothing')
  t.strictSame((await call('PUT', `groups/${rich.id}`, { profile: { name: 'Poor' } })).body.profile, { name: 'Poor' }, 'PUT replaces')
  t.match(await call('POST', 'groups', { profile: { name: 'Wrong', description: 1 } }), { status: 400, body: { errorCauses: [{ errorSummary: /^description:/ }] } })
  t.equal(localOkta.groups.find('Plain')?.profile.description, null)
})

t.test('expand=stats counts members and apps', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const stats = async (path: string): Promise<object> => (await call('GET', path)).body
  t.match(await stats('groups?expand=stats'), [{ type: 'BUILT_IN', _embedded: { stats: { usersCount: localOkta.users.list().length, appsCount: 2, groupPushMappingsCount: 0, hasAdminPrivilege: false } } }])
  t.match(await stats(`groups/${GREETED}?expand=stats`), { _embedded: { stats: { usersCount: 1, appsCount: 0 } } })
  t.notOk('_embedded' in await stats(`groups/${GREETED}`))
})

t.test('a search is sorted as asked, a filter and a query are not', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  for (const name of ['Sorted b', 'Sorted c', 'Sorted a']) localOkta.groups.create(name)
  const names = async (query: Record<string, string>): Promise<string[]> =>
    (await call('GET', listing('groups', query))).body.map(({ profile }: { profile: { name: string } }) => profile.name)
  const search = 'profile.name sw "sorted"'
  t.strictSame(await names({ search, sortBy: 'profile.name' }), ['Sorted a', 'Sorted b', 'Sorted c'])
  t.strictSame(await names({ search, sortBy: 'profile.name', sortOrder: 'desc' }), ['Sorted c', 'Sorted b', 'Sorted a'])
  t.strictSame(await names({ search, sortBy: 'type' }), (await names({ search, sortBy: 'id' })), 'equal ones by id')
  t.strictSame(await names({ q: 'sorted', sortBy: 'profile.name' }), ['Sorted b', 'Sorted c', 'Sorted a'])
  const paged = []
  let page = await call('GET', listing('groups', { search, sortBy: 'profile.name', sortOrder: 'desc', limit: '1' }))
  for (let next = nextOf(page); ; next = nextOf(page)) {
    paged.push(...page.body.map(({ profile }: { profile: { name: string } }) => profile.name))
    if (next === undefined) break
    page = await call('GET', next)
  }
  t.strictSame(paged, ['Sorted c', 'Sorted b', 'Sorted a'], 'over pages, too')
  t.strictSame((await call('GET', listing('groups', { search, fields: 'profile:(name)', limit: '1' }))).body, [{ profile: { name: 'Sorted b' } }])
})

t.test('q gives one page', async t => {
  const localOkta = await share()
  for (let n = 0; n < 3; n += 1) localOkta.groups.create(`Queried ${n}`)
  const found = await callsTo(localOkta)('GET', 'groups?q=queried&limit=2')
  t.equal(found.body.length, 2)
  t.equal(nextOf(found), undefined)
})

t.test('filter knows ids, types and times, search also the profile, and neither anything else', async t => {
  const call = callsTo(await share())
  for (const query of [
    { filter: 'type eq "OKTA_GROUP"' }, { filter: `id eq "${GREETED}"` }, { filter: 'lastUpdated gt "2020-01-01T00:00:00.000Z" and lastMembershipUpdated le "2999-01-01T00:00:00.000Z"' },
    { search: 'profile.name co "fastify"' }, { search: 'profile.description sw "may"' }, { search: 'source.id eq "0oa1"' }, { search: 'profile.costCenter pr' }
  ]) t.equal((await call('GET', listing('groups', query as never))).status, 200, Object.values(query).join())
  for (const query of [
    { filter: 'profile.name sw "F"' }, { filter: 'profile.name eq "F"' }, { filter: 'type sw "O"' }, { filter: 'created gt "2020"' }, { filter: 'nonsense eq "x"' },
    { search: 'nonsense eq "x"' }, { search: 'type co "O"' }, { search: 'profile.costCenter co "4"' }, { search: '__proto__ pr' }, { search: 'id pr', sortBy: 'nonsense' }
  ]) t.match(await call('GET', listing('groups', query as never)), { status: 400, body: { errorCode: 'E0000031' } }, Object.values(query).join())
})

t.test('a deleted group is a member of nothing and assigned to nothing', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { id } = localOkta.groups.create('Short-lived')
  localOkta.groups.addUser(id, 'ada@example.com')
  localOkta.applications.assignGroup('service', id)
  t.equal((await call('DELETE', `groups/${id}`)).status, 204)
  t.strictSame(localOkta.applications.find('service')?.groupIds, [])
  t.notMatch((await call('GET', 'users/ada@example.com/groups')).body, [{ id }])
  t.match(await call('GET', `apps/${localOkta.clients.service.clientId}/users/ada@example.com`), { status: 404 })
})
