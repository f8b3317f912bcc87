import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { COLLECTIONS } from '#local-okta/resources/records/collections.js'
import { records } from '#local-okta/resources/records/index.js'
import { refusalOf } from '../app-client.js'
import { createValidator, operationFor, skip } from '../description.js'
import type { Json } from '../description.js'
import { callsTo, listing } from '../management-api.js'
import type { Answered } from '../management-api.js'
import { share, start } from '../start.js'

/** Bodies that a schema alone cannot make: which of its alternatives is meant, and what belongs together. */
const BODIES: Record<string, Json> = {
  '/policies': { type: 'OKTA_SIGN_ON', name: 'Staff', status: 'ACTIVE', description: 'For staff' },
  '/policies/{policyId}/rules': { type: 'SIGN_ON', name: 'Staff', actions: { signon: { access: 'ALLOW' } } },
  '/zones': { type: 'IP', name: 'Office', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] },
  '/behaviors': { type: 'VELOCITY', name: 'Fast', settings: { velocityKph: 900 } },
  '/trustedOrigins': { name: 'Site', origin: 'https://site.example', scopes: [{ type: 'CORS' }, { type: 'REDIRECT' }] },
  '/inlineHooks': {
    name: 'Token',
    type: 'com.okta.oauth2.tokens.transform',
    version: '1.0.0',
    channel: { type: 'HTTP', version: '1.0.0', config: { uri: 'https://a.example/hook', method: 'POST', authScheme: { type: 'HEADER', key: 'authorization', value: 'secret-of-the-hook' } } }
  },
  '/idps': { type: 'GOOGLE', name: 'Google', protocol: { type: 'OIDC', scopes: ['openid'], credentials: { client: { client_id: 'a', client_secret: 'b' } } }, policy: { accountLink: { action: 'AUTO' }, provisioning: { action: 'AUTO' }, subject: { matchType: 'USERNAME', userNameTemplate: { template: 'idpuser.email' } } } },
  '/authenticators': { key: 'security_question', name: 'Security question' },
  '/meta/types/user': { name: 'contractor', displayName: 'Contractor', description: 'From elsewhere' },
  '/meta/schemas/user/linkedObjects': { primary: { name: 'manager', title: 'Manager', type: 'USER' }, associated: { name: 'subordinate', title: 'Subordinate', type: 'USER' } },
  '/templates/sms': { name: 'Verify', type: 'SMS_VERIFY_CODE', template: 'Your code is' },
  '/brands': { name: 'Other', agreeToCustomPrivacyPolicy: true },
  '/iam/roles': { label: 'Help desk', description: 'Resets passwords', permissions: ['okta.users.manage'] },
  '/iam/resource-sets': { label: 'Staff', description: 'All of it', resources: [] },
  '/realms': { profile: { name: 'Partners' } }
}

t.test('every collection creates, lists, reads, replaces and deletes, as the description says', { skip }, async t => {
  const validate = await createValidator()
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const policy = (await call('GET', 'policies?type=OKTA_SIGN_ON')).body[0].id
  const checked = async (method: string, template: string, path: string, body?: unknown): Promise<Answered> => {
    const answer = await call(method, path, body)
    const operation = operationFor(method, template)
    const schema = operation?.schemas[answer.status]
    t.equal(answer.status < 400, true, `${operation?.id}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`)
    // one by one: each item may be of another kind
    const values = Array.isArray(answer.body) ? answer.body.map((item: unknown) => [item]) : [answer.body]
    if (schema) for (const value of values) t.strictSame(validate(schema, value), [], `${operation?.id} ${JSON.stringify(value).slice(0, 300)}`)
    return answer
  }
  for (const { path } of COLLECTIONS) {
    const body = BODIES[path]
    const has = (method: string, template: string): Json | undefined => records.routes.find(route => route.method === method && route.path.replace(/\{\w+\}/g, '{}') === template.replace(/\{\w+\}/g, '{}'))
    const url = path.slice(1).replace('{policyId}', policy)
    await checked('GET', path, url)
    if (body === undefined || !has('POST', path)) continue
    const created = (await checked('POST', path, url, body)).body
    const id = path.endsWith('linkedObjects') ? body['primary'].name : created.id
    const item = `${path}/{id}`
    t.match((await checked('GET', item, `${url}/${id}`)).body, created, path)
    if (has('PUT', item)) await checked('PUT', item, `${url}/${id}`, body)
    for (const operation of ['deactivate', 'activate']) if (has('POST', `${item}/lifecycle/${operation}`)) await checked('POST', `${item}/lifecycle/${operation}`, `${url}/${id}/lifecycle/${operation}`)
    t.ok(JSON.stringify((await checked('GET', path, url)).body).includes(id), `${path} lists it`)
    if (!has('DELETE', item)) continue
    await checked('DELETE', item, `${url}/${id}`)
    t.match(await call('GET', `${url}/${id}`), { status: 404, body: { errorCode: 'E0000007' } }, path)
  }
})

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
  for (const [path, body, field] of refused) {
    const answer = await call('POST', path, body)
    t.equal(answer.status, 400, JSON.stringify(body))
    t.match(answer.body.errorSummary, field)
  }
})

t.test('a name is free once, a record of the org itself stays, and what is below one goes with it', async t => {
  const call = callsTo(await start(t))
  const zone = { type: 'IP', name: 'Office' }
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

t.test('every change of a record is in the System Log', async t => {
  const call = callsTo(await start(t))
  const { body: { id } } = await call('POST', 'zones', { type: 'IP', name: 'Office' })
  await call('PUT', `zones/${id}`, { type: 'IP', name: 'Home' })
  await call('POST', `zones/${id}/lifecycle/deactivate`)
  await call('DELETE', `zones/${id}`)
  const { body } = await call('GET', listing('logs', { filter: `target.id eq "${id}"` }))
  t.strictSame(body.map(({ eventType }: Json) => eventType), ['zone.create', 'zone.update', 'zone.deactivate', 'zone.delete'])
})

t.test('the SDK reads records as instances of their types', async t => {
  const { orgUrl, apiToken } = await share()
  const client = new okta.Client({ orgUrl, token: apiToken })
  const zone = await client.networkZoneApi.createNetworkZone({ zone: { type: 'IP', name: 'SDK' } as unknown as okta.NetworkZone })
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
