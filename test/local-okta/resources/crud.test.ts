import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { operationsAt } from '#local-okta/description/description.js'
import type { Route } from '#local-okta/kernel/route.js'
import { COLLECTIONS } from '#local-okta/resources/crud/collections.js'
import type { Collection } from '#local-okta/resources/crud/definitions.js'
import { FAMILIES } from '#local-okta/resources/crud/families/index.js'
import { crud } from '#local-okta/resources/crud/index.js'
import { refusalOf } from '../app-client.js'
import { createValidator, operationFor, skip, withoutNames } from '../description.js'
import type { Json } from '../description.js'
import { callsTo, listing } from '../management-api.js'
import { BODIES, createParameters, ITEM_IDS } from './crud-bodies.js'
import type { Parameters } from './crud-bodies.js'
import { share, start } from '../start.js'

/** Parameters without which a list is refused. */
const QUERIES: Readonly<Record<string, string>> = { 'GET /policies': '?type=OKTA_SIGN_ON' }
const GATEWAYS = [{ type: 'CIDR', value: '192.0.2.0/24' }]

/** Calls an operation and gives its answer, which has been checked. */
type Send = (route: Route, parameters: Parameters, body?: unknown) => Promise<Json>

t.test('every operation of a record answers as the description says', { skip, timeout: 120_000 }, async t => {
  const validate = await createValidator()
  const call = callsTo(await start(t))
  const receiver = createServer((_request, response) => { response.setHeader('content-type', 'application/json').end('{"commands":[]}') }).listen(0, '127.0.0.1')
  t.teardown(() => { receiver.close() })
  await once(receiver, 'listening')
  const parameters = await createParameters(call, `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)
  const answered = new Set<string>()
  const send: Send = async ({ method, path, isOutside = false }, given, body) => {
    const operation = operationFor(method, path)
    const url = path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(given[`/${path.split('/')[1]} ${name}`] ?? given[name] ?? `no-${name}`))
    const isUpload = method === 'POST' && /\/(logo|favicon|background-image)$/.test(path)
    const answer = await call(method, `${isOutside ? url : url.slice(1)}${QUERIES[`${method} ${path}`] ?? ''}`, isUpload ? '--a--' : body, isUpload ? { 'content-type': 'multipart/form-data; boundary=a' } : {})
    answered.add(`${method} ${withoutNames(path)}`)
    t.equal(answer.status < 400, true, `${operation?.id} ${url}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`)
    const schema = operation?.schemas[answer.status]
    // one by one: each item may be of another kind
    const values = Array.isArray(answer.body) ? answer.body.map((item: unknown) => [item]) : [answer.body]
    if (schema) for (const value of values) t.strictSame(validate(schema, value).filter(issue => !isKnownError(String(issue))), [], `${operation?.id} ${JSON.stringify(value).slice(0, 300)}`)
    return answer.body as Json
  }

  // what is not found until it has been written
  for (const { path, actions = {} } of FAMILIES.flatMap(({ singletons = [] }) => singletons).filter(({ isAbsent }) => isAbsent)) {
    const [write] = [path, ...Object.keys(actions).map(name => `${path}/${name}`)].flatMap(routesAt).filter(({ method }) => method === 'PUT' || method === 'POST')
    if (write) await send(write, parameters, bodyFor(write))
  }
  for (const path of FAMILIES.flatMap(pathsBesideCollections)) {
    for (const route of inOrder(routesAt(path))) await send(route, parameters, bodyFor(route))
  }
  for (const collection of COLLECTIONS) await exercise(send, collection, parameters)
  const unanswered = crud.routes.map(({ method, path }) => `${method} ${withoutNames(path)}`).filter(route => !answered.has(route))
  t.strictSame(unanswered, [], 'a new operation has a body here')
})

// creates one, unless there are some from the start, does with it what can be done, and deletes it
async function exercise (send: Send, collection: Collection, given: Parameters): Promise<void> {
  const { path, items = ['{}'], verbs = {}, uploads = {}, wrapper, createsAtItem, isDeletedInactive = false } = collection
  const at = (method: string): Route | undefined => routesAt(path).find(route => route.method === method)
  const [create, add, list] = [at('POST'), at('PATCH'), at('GET')]
  const created = create && await send(create, given, BODIES[path])
  if (add) await send(add, given, BODIES[`PATCH ${path}`])
  const onItems = items.flatMap(item => routesAt(`${path}/${item}`))
  for (const route of onItems.filter(({ method }) => method === createsAtItem)) await send(route, given, bodyFor(route))
  const listed = list && await send(list, given)
  const one = created ?? (wrapper === undefined ? listed : listed?.[wrapper])?.[0]
  const ending = ['lifecycle/deactivate', 'lifecycle/activate', ...Object.keys(verbs), ...Object.keys(uploads)]
  const routes = [...onItems, ...ending.flatMap(name => routesAt(`${path}/{}/${name}`))]
  let shown: { readonly path: string, readonly body: Json } | undefined
  for (const route of inOrder(routes)) {
    const name = /\{(\w+)\}/.exec(route.path.split('/')[path.split('/').length] ?? '')?.[1] ?? ''
    const key = createsAtItem === undefined ? ITEM_IDS[path]?.(one ?? {}) ?? one?.['id'] : given[name]
    const parameters = { ...given, [name]: key, [`/${path.split('/')[1]} ${name}`]: key }
    const [deactivate] = routesAt(`${path}/{}/lifecycle/deactivate`)
    if (route.method === 'DELETE' && (isDeletedInactive || path.endsWith('/secrets')) && deactivate) await send(deactivate, parameters)
    // what was read can be sent back
    if (route.method === 'PUT' && route.path === shown?.path) await send(route, parameters, shown.body)
    const body = await send(route, parameters, bodyFor(route))
    if (route.method === 'GET') shown ??= { path: route.path, body }
  }
  for (const clear of [at('PUT'), at('DELETE')]) if (clear) await send(clear, given)
}

function routesAt (path: string): Route[] {
  return crud.routes.filter(route => withoutNames(route.path) === withoutNames(path))
}

// what is needed later is deleted last; what is below something before that
function inOrder (routes: readonly Route[]): Route[] {
  const order = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE']
  return [...routes].sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method) || b.path.length - a.path.length)
}

function bodyFor ({ method, path }: Route): unknown {
  if (method === 'GET' || method === 'DELETE') return undefined
  return BODIES[`${method} ${path}`] ?? BODIES[path] ?? BODIES[path.replace(/\/\{\w+\}$/, '')]
}

// of profiles the description says that each attribute is an object, of a secret that an answer must have it, and of the
// answers of inline hooks, which are alike, that one alone must fit
function isKnownError (issue: string): boolean {
  return /\/profile\/\w+ must be object|\/settings must have required property 'token'|must match exactly one schema in oneOf/.test(issue)
}

function pathsBesideCollections ({ singletons = [], fixed = [] }: typeof FAMILIES[number]): string[] {
  return [...singletons.flatMap(({ path, actions = {} }) => [path, ...Object.keys(actions).map(name => name.startsWith('/') ? name : `${path}/${name}`)]), ...fixed.map(({ path }) => path)]
}

t.test('a body that the description does not allow is refused, and the field is named', async t => {
  const call = callsTo(await share())
  const refused: Array<[string, unknown, string]> = [
    ['zones', { type: 'IP' }, 'name'],
    ['zones', { type: 'SQUARE', name: 'a' }, 'type'],
    ['zones', { type: 'IP', name: 'a', gateways: 'all' }, 'gateways'],
    ['templates/sms', { name: 'a'.repeat(51) }, 'name'],
    ['meta/types/user', { name: 'a' }, 'displayName'],
    ['meta/schemas/user/linkedObjects', { primary: { name: 'a', title: 'a', type: 'GROUP' } }, 'primary.type'],
    ['zones', [], 'not well-formed']
  ]
  t.match(await call('GET', 'policies?type=SQUARE'), { status: 400, body: { errorCode: 'E0000001', errorSummary: /type/ } })
  t.match(await call('GET', 'policies'), { status: 400, body: { errorCode: 'E0000028' } })
  for (const [path, body, field] of refused) {
    const answer = await call('POST', path, body)
    t.equal(answer.status, 400, JSON.stringify(body))
    t.match(answer.body.errorSummary, field)
  }
})

t.test('an operation whose body may be missing does not fail without one', async t => {
  const call = callsTo(await share())
  const optional = crud.routes.filter(({ method, path }) => operationsAt(path).find((operation) => operation.method === method)?.isBodyOptional)

  t.ok(optional.length > 20)
  for (const { method, path, isOutside = false } of optional) {
    const url = path.replace(/\{\w+\}/g, 'default')
    const { status } = await call(method, isOutside ? url : url.slice(1))
    t.ok(status < 500, `${method} ${path}: ${status}`)
  }
  const { status, body } = await call('POST', 'org/email/bounces/remove-list')
  t.strictSame([status, body], [200, { errors: [] }])
})

t.test('a name is free once, a record of the org itself stays, and what is below one goes with it', async t => {
  const call = callsTo(await start(t))
  const zone = { type: 'IP', name: 'Office', gateways: GATEWAYS }
  t.equal((await call('POST', 'zones', zone)).status, 200)
  t.match(await call('POST', 'zones', zone), { status: 400, body: { errorCode: 'E0000001' } })
  const [{ id: builtIn }] = (await call('GET', 'policies?type=PASSWORD')).body
  t.match(await call('DELETE', `policies/${builtIn}`), { status: 403 })
  const { body: policy } = await call('POST', 'policies', { type: 'PASSWORD', name: 'Long' })
  const { body: rule } = await call('POST', `policies/${policy.id}/rules`, { type: 'PASSWORD', name: 'All' })
  t.equal((await call('GET', `policies/${policy.id}/rules/${rule.id}`)).status, 200)
  await call('DELETE', `policies/${policy.id}`)
  t.equal((await call('GET', `policies/${policy.id}/rules/${rule.id}`)).status, 404)
  t.equal((await call('GET', `policies/${policy.id}/rules`)).status, 404)
})

t.test('a secret that is written is not shown, and stays when what was read is sent back', async t => {
  const call = callsTo(await share())
  const { body: created } = await call('POST', 'inlineHooks', BODIES['/inlineHooks'])
  t.notMatch(JSON.stringify(created), /secret-of-the-hook/)
  t.match((await call('PUT', `inlineHooks/${created.id}`, { ...created, name: 'Renamed' })), { status: 200, body: { name: 'Renamed' } })
})

t.test('settings are merged by POST, and an attribute of a schema is removed by null', async t => {
  const call = callsTo(await start(t))
  const age = (attribute: unknown) => ({ definitions: { custom: { id: '#custom', type: 'object', properties: { age: attribute } } } })
  await call('POST', 'meta/schemas/user/default', age({ title: 'Age', type: 'number' }))
  const { body } = await call('GET', 'meta/schemas/user/default')
  t.match(body.definitions, { custom: { properties: { age: { title: 'Age' } } }, base: { properties: { login: { type: 'string' } } } })
  await call('POST', 'meta/schemas/user/default', age(null))
  t.strictSame((await call('GET', 'meta/schemas/user/default')).body.definitions.custom.properties, {})
  t.equal((await call('GET', 'meta/schemas/user/nonsense')).status, 404)
})

t.test('a user cannot have a value that the schema does not allow', async t => {
  const call = callsTo(await start(t))
  const custom = { id: '#custom', type: 'object', properties: { age: { title: 'Age', type: 'integer' }, size: { title: 'Size', type: 'string', enum: ['S', 'M'] } } }
  await call('POST', 'meta/schemas/user/default', { definitions: { custom } })
  const update = async (profile: Json) => await call('POST', 'users/ada@example.com', { profile })
  t.match(await update({ age: 36, size: 'M' }), { status: 200, body: { profile: { age: 36, size: 'M' } } })
  for (const profile of [{ age: '36' }, { age: 1.5 }, { size: 'L' }]) t.match(await update(profile), { status: 400, body: { errorCode: 'E0000001' } }, JSON.stringify(profile))
  t.equal((await update({ age: null })).status, 200)
})

t.test('a role is assigned once, a binding goes with its role, and a label names what an id names', async t => {
  const call = callsTo(await start(t))
  const role = { type: 'USER_ADMIN' }
  t.equal((await call('POST', 'users/ada@example.com/roles', role)).status, 201)
  t.match(await call('POST', 'users/ada@example.com/roles', role), { status: 409, body: { errorCode: 'E0000090' } })
  t.match((await call('GET', 'users/00uadalovelace000001/roles')).body, { 0: { type: 'USER_ADMIN', assignmentType: 'USER' } })
  const { body: { id } } = await call('POST', 'iam/roles', { label: 'Operators', description: 'All', permissions: ['okta.users.read'] })
  t.match((await call('GET', 'iam/roles/Operators/permissions')).body, { permissions: [{ label: 'okta.users.read' }] })
  await call('POST', 'iam/resource-sets', { label: 'People', description: 'All', resources: [] })
  await call('POST', 'iam/resource-sets/People/bindings', { role: 'Operators', members: [] })
  t.equal((await call('GET', `iam/resource-sets/People/bindings/${id}`)).status, 200)
  await call('DELETE', `iam/roles/${id}`)
  t.strictSame((await call('GET', 'iam/resource-sets/People/bindings')).body.roles, [])
})

t.test('every change of a record is in the System Log', async t => {
  const call = callsTo(await start(t))
  const { body: { id } } = await call('POST', 'zones', { type: 'IP', name: 'Office', gateways: GATEWAYS })
  await call('PUT', `zones/${id}`, { type: 'IP', name: 'Home', gateways: GATEWAYS })
  await call('POST', `zones/${id}/lifecycle/deactivate`)
  await call('DELETE', `zones/${id}`)
  const { body } = await call('GET', listing('logs', { filter: `target.id eq "${id}"` }))
  t.strictSame(body.map(({ eventType }: Json) => eventType), ['zone.create', 'zone.update', 'zone.deactivate', 'zone.delete'])
})

t.test('the SDK reads records as instances of their types', async t => {
  const { orgUrl, apiToken } = await share()
  const client = new okta.Client({ orgUrl, token: apiToken })
  const zone = await client.networkZoneApi.createNetworkZone({ zone: { type: 'IP', name: 'SDK', gateways: GATEWAYS } as unknown as okta.NetworkZone })
  t.ok(zone instanceof okta.IPNetworkZone)
  await client.networkZoneApi.deactivateNetworkZone({ zoneId: zone.id ?? '' })
  await client.networkZoneApi.deleteNetworkZone({ zoneId: zone.id ?? '' })
  t.match(await refusalOf(client.networkZoneApi.getNetworkZone({ zoneId: zone.id ?? '' })), { status: 404 })
  const { id = '' } = await client.trustedOriginApi.createTrustedOrigin({ trustedOrigin: { name: 'SDK', origin: 'https://sdk.example', scopes: [{ type: 'CORS' }] } as never })
  await client.trustedOriginApi.deleteTrustedOrigin({ trustedOriginId: id })
})

t.test('a path of the description that is not served is not found', async t => {
  const call = callsTo(await share())
  for (const path of ['policies/simulate', 'idps/credentials']) t.equal((await call('GET', path)).status, 404, path)
})
