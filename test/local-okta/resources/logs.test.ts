import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { callsTo, listing, nextOf } from '../management-api.js'
import { share, start } from '../start.js'

const ADA = '00uadalovelace000001'

t.test('a change is an event with who made it, from where, and what it is about', async t => {
  const { orgUrl, apiToken } = await start(t)
  const call = callsTo({ orgUrl, apiToken })
  await call('POST', 'groups', { profile: { name: 'Support' } }, { 'user-agent': 'tests/1.0' })
  const { body } = await call('GET', listing('logs', { filter: 'eventType eq "group.lifecycle.create"', sortOrder: 'DESCENDING', limit: '1' }))
  t.equal(body.length, 1)
  t.match(body[0], {
    eventType: 'group.lifecycle.create',
    actor: { type: 'User', alternateId: 'admin@example.com' },
    client: { ipAddress: '127.0.0.1', userAgent: { rawUserAgent: 'tests/1.0' } },
    outcome: { result: 'SUCCESS' },
    target: [{ type: 'UserGroup', displayName: 'Support' }],
    transaction: { type: 'WEB', id: /^\w{32}$/ }
  })
})

t.test('events of one operation share its transaction, and those of a service app have the app as their actor', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const token = await localOkta.mintOrgAccessToken({ client: 'management', scopes: ['okta.users.manage'] })
  const profile = { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing' }
  const { status } = await call('POST', 'users', { profile, credentials: { password: { value: 'local-okta-2' } } }, { authorization: `Bearer ${token}` })
  t.equal(status, 200)
  const { body: [activated, created] } = await call('GET', listing('logs', { q: 'alan@example.com', sortOrder: 'DESCENDING' }))
  t.match([created.eventType, activated.eventType], ['user.lifecycle.create', 'user.lifecycle.activate'])
  t.equal(activated.transaction.id, created.transaction.id)
  t.match(created, { actor: { id: localOkta.clients.management.clientId, type: 'PublicClientApp' }, client: { id: localOkta.clients.management.clientId } })
})

t.test('a poll ends with a next link that goes on where it stopped, also when nothing has happened', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  let answer = await call('GET', 'logs?limit=1000')
  t.ok(answer.body.length > 0)
  answer = await call('GET', nextOf(answer) ?? '')
  t.match(answer.body, [])
  t.equal(answer.body.length, 0)
  localOkta.groups.create('Support')
  localOkta.groups.create('Sales')
  const next = nextOf(answer) ?? ''
  t.notMatch(next, 'since=')
  answer = await call('GET', next.replace('limit=1000', 'limit=1'))
  t.match(answer.body, [{ target: [{ displayName: 'Support' }] }])
  answer = await call('GET', nextOf(answer) ?? '')
  t.match(answer.body, [{ target: [{ displayName: 'Sales' }] }])
})

t.test('a bounded request has a next link until its last page, in either order', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  for (const sortOrder of ['ASCENDING', 'DESCENDING']) {
    const seen: string[] = []
    let path: string | undefined = listing('logs', { since: new Date(Date.now() - 60_000).toISOString(), until: new Date(Date.now() + 60_000).toISOString(), limit: '4', sortOrder })
    while (path !== undefined) {
      const answer = await call('GET', path)
      seen.push(...answer.body.map(({ uuid }: { uuid: string }) => uuid))
      path = nextOf(answer)
    }
    const { body } = await call('GET', listing('logs', { limit: '1000', sortOrder }))
    t.strictSame(seen, body.map(({ uuid }: { uuid: string }) => uuid), sortOrder)
  }
})

t.test('filters compare any member of an event, and of an array any item', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const group = localOkta.groups.create('Filters')
  localOkta.groups.addUser('Filters', 'ada@example.com')
  const both = `target.id eq "${ADA}" and target.id eq "${group.id}"`
  const found = async (filter: string): Promise<number> => (await call('GET', listing('logs', { filter, limit: '1000' }))).body.length
  t.equal(await found(both), 1)
  t.equal(await found(`${both} and eventType sw "group.user_membership"`), 1)
  t.equal(await found(`${both} AND not (outcome.result eq "FAILURE")`), 1)
  t.equal(await found(`${both} and actor.id ne "00uelse" and eventType ew ".add" and target.displayName co "ilter"`), 1)
  t.equal(await found(`${both} and outcome.result eq "FAILURE"`), 0)
})

t.test('a query that cannot be answered says why', async t => {
  const call = callsTo(await share())
  const refused: Array<[Record<string, string>, object]> = [
    [{ until: 'yesterday' }, {
      errorCode: 'E0000001',
      errorSummary: "Api validation failed: 'until': The date format in your query is not recognized. Please enter dates using ISO8601 string format. 'until': must be a valid date-time or empty."
    }],
    [{ q: 'x'.repeat(41) }, { errorCode: 'E0000001', errorSummary: /^Api validation failed: 'q': Freeform search cannot contain items longer than 40 characters\./ }],
    [{ q: 'a b c d e f g h i j k' }, { errorCode: 'E0000001' }],
    [{ filter: 'displayMessage eqq "Create okta user"' }, {
      errorCode: 'E0000053',
      errorSummary: "Invalid filter 'displayMessage eqq \"Create okta user\"': Unrecognized attribute operator 'eqq' at position 15. Expected: eq,co,sw,pr,gt,ge,lt,le"
    }],
    [{ filter: 'some_invalid_field eq "a"' }, { errorCode: 'E0000053', errorSummary: 'field is not valid: some_invalid_field' }],
    [{ filter: 'published gt "2026-01-01T00:00:00.000Z"' }, { errorCode: 'E0000053', errorSummary: 'field is not valid: published' }],
    [{ filter: 'debugContext.debugData.url co "x"' }, {
      errorCode: 'E0000031',
      errorSummary: /The supplied combination of operator and field is not currently supported. Operator: co, Field: debugContext.debugData.url/
    }],
    [{ since: new Date(Date.now() - 181 * 86_400_000).toISOString() }, { errorCode: 'E0000053', errorSummary: 'Invalid parameter: The since parameter is over 180 days prior to the current day.' }],
    [{ since: new Date().toISOString(), after: '1_1' }, { errorCode: 'E0000001' }],
    [{ after: 'nonsense' }, { errorCode: 'E0000029' }],
    [{ limit: '1001' }, { errorCode: 'E0000001' }],
    [{ sortOrder: 'SIDEWAYS' }, { errorCode: 'E0000001' }]
  ]
  for (const [query, body] of refused) t.match(await call('GET', listing('logs', query)), { status: 400, body }, JSON.stringify(query))
  t.match((await call('GET', 'logs?limit=0')).status, 200)
})

t.test('the SDK reads the log page by page', async t => {
  const { orgUrl, apiToken } = await share()
  const { systemLogApi } = new okta.Client({ orgUrl, token: apiToken })
  const events: okta.LogEvent[] = []
  const collection = await systemLogApi.listLogEvents({ limit: 3, until: new Date(Date.now() + 60_000).toISOString() as never })
  await collection.each((event: okta.LogEvent) => { events.push(event) })
  t.ok(events.length > 3)
  t.match(events[0], { eventType: String, actor: { type: 'User' } })
})
