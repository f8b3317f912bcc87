import t from 'tap'
import { callsTo, listing } from '../management-api.js'
import { share } from '../start.js'

const ADA = '00uadalovelace000001'
const GRACE = '00ugracehopper000001'
const GREETED = '00gfastifyokta000001'
const EVERYONE = '00geveryone000000001'

t.test('an assignment keeps what it was sent, and has times of its own', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.service.clientId}`
  const sent = { id: ADA, scope: 'USER', credentials: { userName: 'ada.l', password: { value: 'for-the-app' } }, profile: { title: 'Countess' } }
  const assigned = await call('POST', `${app}/users`, sent)
  t.equal(assigned.status, 200)
  t.match(assigned.body, {
    id: ADA,
    scope: 'USER',
    status: 'ACTIVE',
    syncState: 'DISABLED',
    externalId: /^\w+$/,
    statusChanged: /^20/,
    passwordChanged: /^20/,
    credentials: { userName: 'ada.l', password: {} },
    profile: { title: 'Countess' }
  })
  t.notMatch(JSON.stringify(assigned.body), /for-the-app/)
  t.not(assigned.body.created, (await call('GET', app)).body.created, 'not the times of the app')
  t.strictSame((await call('GET', `${app}/users/${ADA}`)).body, assigned.body)

  t.match((await call('POST', `${app}/users/${ADA}`, { credentials: { userName: 'countess' } })).body,
    { credentials: { userName: 'countess' }, profile: { title: 'Countess' } }, 'an update keeps what it does not name')
  t.match((await call('POST', `${app}/users/${ADA}`, { profile: { title: 'Ada' } })).body, { credentials: { userName: 'countess' }, profile: { title: 'Ada' } })
  t.match(await call('POST', `${app}/users`, { id: ADA, credentials: { userName: '' } }), { status: 400 })
  t.match(await call('POST', `${app}/users`, { id: ADA, scope: 'NONSENSE' }), { status: 400 })
  t.match(await call('POST', `${app}/users`, { id: GRACE, scope: 'GROUP' }), { status: 404 }, 'no group of hers has it')
  t.equal((await call('DELETE', `${app}/users/${ADA}`)).status, 204)
  t.match(await call('DELETE', `${app}/users/${ADA}`), { status: 404, body: { errorCode: 'E0000007' } })
  t.match((await call('POST', `${app}/users`, { id: ADA })).body, { credentials: { userName: 'ada@example.com' }, profile: {}, passwordChanged: null })
  await call('DELETE', `${app}/users/${ADA}`)
})

t.test('who has an app through a group is shown so, and can have settings of their own', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.service.clientId}`
  await call('PUT', `${app}/groups/${GREETED}`, { profile: { title: 'Greeted' } })
  t.match((await call('GET', `${app}/users/${ADA}`)).body, { scope: 'GROUP', profile: { title: 'Greeted' }, credentials: { userName: 'ada@example.com' } })
  t.match((await call('POST', `${app}/users/${ADA}`, { profile: { title: 'Ada' } })).body, { scope: 'GROUP', profile: { title: 'Ada' } })
  t.match((await call('POST', `${app}/users`, { id: ADA, scope: 'GROUP' })).body, { scope: 'GROUP' })
  await call('DELETE', `${app}/groups/${GREETED}`)
  t.equal((await call('GET', `${app}/users/${ADA}`)).status, 404)
})

t.test('a group keeps its priority and profile, and the next group comes after it', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.service.clientId}`
  const { id: other } = localOkta.groups.create('Second')
  const { id: third } = localOkta.groups.create('Third')
  t.match((await call('PUT', `${app}/groups/${GREETED}`, { priority: 3, profile: { x: 'y' } })).body, { id: GREETED, priority: 3, profile: { x: 'y' } })
  t.match((await call('PUT', `${app}/groups/${other}`, {})).body, { priority: 4, profile: {} })
  t.match((await call('PUT', `${app}/groups/${GREETED}`)).body, { priority: 3, profile: { x: 'y' } }, 'without a body nothing changes')
  t.match((await call('PUT', `${app}/groups/${third}`, { priority: 3 })).body, { priority: 3 })
  t.match((await call('GET', `${app}/groups/${GREETED}`)).body, { priority: 4 }, 'those after it move')
  t.match((await call('GET', `${app}/groups/${other}`)).body, { priority: 5 })
  const patched = await call('PATCH', `${app}/groups/${GREETED}`, [
    { op: 'replace', path: '/priority', value: 9 }, { op: 'add', path: '/profile/team', value: 'red' }, { op: 'remove', path: '/profile/x' }
  ])
  t.match(patched.body, { priority: 9, profile: { team: 'red' } })
  t.notOk('x' in patched.body.profile)
  for (const steps of [{}, [{ op: 'copy', path: '/priority' }], [{ op: 'replace', path: '/id', value: 'x' }], [{ op: 'replace', path: '/priority', value: 'x' }]]) {
    t.equal((await call('PATCH', `${app}/groups/${GREETED}`, steps)).status, 400, JSON.stringify(steps))
  }
  t.equal((await call('PUT', `${app}/groups/${GREETED}`, { priority: -1 })).status, 400)
  for (const id of [GREETED, other, third]) await call('DELETE', `${app}/groups/${id}`)
})

t.test('q finds assigned users and groups by how they begin', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.browser.clientId}`
  const ids = async (path: string): Promise<string[]> => (await call('GET', path)).body.map(({ id }: { id: string }) => id)
  for (const q of ['ada', 'Lovel', 'ADA@example']) t.strictSame(await ids(listing(`${app}/users`, { q })), [ADA], q)
  t.strictSame(await ids(`${app}/users?q=nobody`), [])
  t.strictSame(await ids(`${app}/groups?q=every`), [EVERYONE])
  t.strictSame(await ids(`${app}/groups?q=nobody`), [])
})

t.test('expand embeds the user, the group, and the assignment of a user', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.browser.clientId}`
  const embedded = { _embedded: { user: { id: ADA, profile: { login: 'ada@example.com' } } } }
  t.match((await call('GET', `${app}/users?expand=user&q=ada`)).body, [embedded])
  t.match((await call('GET', `${app}/users/${ADA}?expand=user`)).body, embedded)
  t.match((await call('GET', `${app}/groups?expand=group`)).body, [{ _embedded: { group: { id: EVERYONE, profile: { name: 'Everyone' } } } }])
  t.match((await call('GET', `${app}/groups/${EVERYONE}?expand=group`)).body, { _embedded: { group: { id: EVERYONE } } })
  t.match((await call('GET', `${app}?expand=user/${ADA}`)).body, { _embedded: { user: { id: ADA, scope: 'GROUP' } } })
  t.match((await call('GET', listing('apps', { filter: `user.id eq "${ADA}"`, expand: `user/${ADA}` }))).body, [{ _embedded: { user: { id: ADA } } }])
  t.notOk('_embedded' in (await call('GET', `${app}/users/${ADA}`)).body)
})

t.test('q and filter find apps', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { browser, native, service } = localOkta.clients
  const ids = async (query: Record<string, string>): Promise<unknown> => {
    const { status, body } = await call('GET', listing('apps', query))
    return status === 200 ? body.map(({ id }: { id: string }) => id) : body.errorCode
  }
  t.equal((await ids({ q: 'oidc' }) as string[]).length, 4, 'by the kind of app')
  t.strictSame(await ids({ q: 'night' }), [service.clientId])
  t.strictSame(await ids({ filter: 'name eq "bookmark"' }), [])
  t.equal((await ids({ filter: 'name eq "oidc_client"' }) as string[]).length, 4)
  t.strictSame(await ids({ filter: `user.id eq "${ADA}"` }), [browser.clientId, native.clientId])
  t.strictSame(await ids({ filter: `group.id eq "${EVERYONE}" and status eq "ACTIVE"` }), [browser.clientId, native.clientId])
  t.strictSame(await ids({ filter: 'user.id eq "00unobody"' }), [])
  for (const filter of ['foo eq "x"', 'label eq "x"', 'status sw "A"', 'constructor eq "x"']) t.equal(await ids({ filter }), 'E0000031', filter)
})

t.test('a change of an app is a change of its lastUpdated, and of no assignment\'s', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.native.clientId}`
  const { body: before } = await call('GET', app)
  const { body: assignment } = await call('GET', `${app}/groups/${EVERYONE}`)
  await new Promise(resolve => setTimeout(resolve, 2))
  for (const operation of ['deactivate', 'activate']) {
    t.equal((await call('POST', `${app}/lifecycle/${operation}`)).status, 200)
    t.ok((await call('GET', app)).body.lastUpdated > before.lastUpdated, operation)
  }
  t.equal((await call('GET', `${app}/groups/${EVERYONE}`)).body.lastUpdated, assignment.lastUpdated)
  localOkta.applications.setDpopBound('native', true)
  t.match((await call('GET', app)).body, { settings: { oauthClient: { dpop_bound_access_tokens: true } } })
  localOkta.applications.setDpopBound('native', false)
})

t.test('a deactivated user loses the direct assignments', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const app = `apps/${localOkta.clients.service.clientId}`
  await call('POST', `${app}/users`, { id: GRACE })
  await call('POST', `users/${GRACE}/lifecycle/deactivate`)
  await call('POST', `users/${GRACE}/lifecycle/activate`)
  t.equal((await call('GET', `${app}/users/${GRACE}`)).status, 404)
})

t.test('the rotation of refresh tokens is shown as Okta\'s defaults until it is set, and checked when it is', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const rotationOf = async (id: string): Promise<unknown> => (await call('GET', `apps/${id}`)).body.settings.oauthClient.refresh_token
  t.strictSame(await rotationOf(localOkta.clients.browser.clientId), { rotation_type: 'ROTATE', leeway: 30 })
  t.strictSame(await rotationOf(localOkta.clients.native.clientId), { rotation_type: 'STATIC', leeway: 30 })
  const { body: app } = await call('GET', `apps/${localOkta.clients.native.clientId}`)
  const change = async (refreshToken: unknown) => call('PUT', `apps/${app.id}`, {
    ...app, settings: { ...app.settings, oauthClient: { ...app.settings.oauthClient, refresh_token: refreshToken } }
  })
  t.equal((await change({ rotation_type: 'ROTATE', leeway: 5 })).status, 200)
  t.strictSame(await rotationOf(app.id), { rotation_type: 'ROTATE', leeway: 5 })
  for (const wrong of [{ rotation_type: 'ROTATE', leeway: 61 }, { rotation_type: 'ROTATE', leeway: -1 }, { leeway: '5' }, { rotation_type: 'SOMETIMES' }]) {
    t.match(await change(wrong), { status: 400, body: { errorCode: 'E0000001' } }, JSON.stringify(wrong))
  }
  await change({ rotation_type: 'STATIC' })
})
