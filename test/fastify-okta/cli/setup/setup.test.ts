import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import { environmentOfPrograms } from '../../../kit/environment.js'
import { eventually } from '../../../kit/eventually.js'
import { freePort } from '../../../kit/free-port.js'
import { startOrg } from '../../../kit/org.js'
import { runServer } from '../../../greeting/service.js'
import { apiOf, findPolicy } from '../doctor/org.js'
import { run, runHere } from '../run.js'

// Each command is a process, and on a busy machine each takes its time.
t.setTimeout(300_000)

interface Step { readonly id: string, readonly action: string, readonly what: string }

const org = await startOrg(t, { seed: { ...defaultSeed, users: defaultSeed.users.map((user) => ({ ...user, groups: [] })), groups: [], scopes: [] } })
const publicUrl = `http://127.0.0.1:${await freePort()}`
const env = { OKTA_CLIENT_ORGURL: org.orgUrl, OKTA_CLIENT_TOKEN: org.apiToken, PUBLIC_URL: publicUrl, PORT: new URL(publicUrl).port }

t.beforeEach(() => { org.reset() })

t.test('without --apply, setup only reads, and prints what it would do', async (t) => {
  const { code, stdout } = await run(t, ['setup'], { env })

  t.equal(code, 0)
  for (const line of [/^create group {6}the group "Fastify Okta"/m, /^create app {8}the single-page app/m, /^create redirects /m, /^create assignment /m, /^none {3}everyone /m,
    /^create scope {6}the scope profile:write/m, /^create origin /m, /^create eventhook /m, /7 to do: --apply/]) t.match(stdout, line)
  t.same([...org.requests].filter(({ method }) => method !== 'GET'), [])
  t.notOk(stdout.includes(org.apiToken))
})

t.test('an empty org is made ready: a member is greeted, another user is refused, and the next run plans nothing', async (t) => {
  const exported = await apply()
  t.match(exported, { OKTA_OAUTH2_ISSUER: org.issuer, OKTA_OAUTH2_AUDIENCE: 'api://default', OKTA_CLIENT_TOKEN: org.apiToken, GREETING_GROUP: 'Fastify Okta', PUBLIC_URL: publicUrl })
  org.groups.addUser('Fastify Okta', 'ada@example.com')
  t.same(await plannedChanges(), [])

  const server = runServer(t, { ...exported, GREETING_TIME_ZONE: 'UTC' })
  await server.printed('these settings are in force')
  await eventually(async () => await statusOf('/readyz') === 200, 'the service is ready')
  const client = exported['OKTA_OAUTH2_CLIENTID'] as string
  t.equal(await statusOf('/greet', await org.mintAccessToken({ user: 'ada@example.com', client })), 200)
  t.equal(await statusOf('/greet', await org.mintAccessToken({ user: 'grace@example.com', client })), 403)

  t.equal(org.eventHooks.list()[0]?.verificationStatus, 'UNVERIFIED')
  await apply({ OKTA_EVENT_HOOK_SECRET: exported['OKTA_EVENT_HOOK_SECRET'] as string })
  t.equal(org.eventHooks.list()[0]?.verificationStatus, 'VERIFIED', 'the service knows the secret, so Okta verifies the hook')
  org.groups.removeUser('Fastify Okta', 'ada@example.com')
  await eventually(async () => await statusOf('/greet', await org.mintAccessToken({ user: 'ada@example.com', client })) === 403, 'the service hears of it')
})

t.test('the export lines of a shell hold the secret of the event hook, and not the API token that the shell has', async (t) => {
  const { code, stdout, stderr } = await run(t, ['setup', '--apply'], { env })

  t.equal(code, 0)
  t.match(stdout, /^(?:export [A-Z0-9_]+=.*\n)+$/, 'nothing else is on the standard output')
  t.match(stdout, 'export OKTA_CLIENT_TOKEN="$OKTA_CLIENT_TOKEN"\n')
  t.match(stdout, /^export OKTA_EVENT_HOOK_SECRET='[\w-]{43}'$/m)
  t.notOk(`${stdout}${stderr}`.includes(org.apiToken))
  t.match(stderr, /^ok {3}client\.redirect/m, 'doctor has the last word')
  t.match(stderr, /Universal Logout, if wanted: .*\/okta\/universal-logout/)
})

t.test('an API token that comes through the standard input will do', async (t) => {
  const { OKTA_CLIENT_TOKEN: token, ...rest } = env
  t.match(await run(t, ['setup'], { env: rest, input: `${token}\n` }), { code: 0, stdout: /to do/ })
  t.match(await run(t, ['setup'], { env: rest }), { code: 1, stderr: /an API token is required: in OKTA_CLIENT_TOKEN, or on the standard input/ })
})

t.test('a run that fails half-way names the step, and the next one finishes', async (t) => {
  const paths = [/^\/api\/v1\/groups$/, /^\/api\/v1\/apps\?activate/, /\/groups\/00g\w+$/, /\/scopes$/, /^\/api\/v1\/trustedOrigins$/, /^\/api\/v1\/eventHooks$/]
  for (const [at, path] of paths.entries()) {
    org.reset()
    for (const method of ['POST', 'PUT']) org.faults.add({ path, method, status: 500, body: { errorCode: 'E0000009', errorSummary: 'Internal Server Error' }, times: 1 })
    const id = ['group', 'app', 'assignment', 'scope', 'origin', 'eventhook'][at]
    t.match(await runHere(['setup', '--apply'], env), { code: 1, stdout: '', stderr: new RegExp(`fastify-okta: ${id} failed \\(500 E0000009\\): .*run it again`) }, id as string)
    org.faults.clear()
    await apply()
    t.same(await plannedChanges(), [], `after ${id}`)
  }
})

t.test('of an app that exists, only the assignment of Everyone is removed, and the plan names that', async (t) => {
  const settings = { OKTA_OAUTH2_CLIENTID: org.clients.browser.clientId }
  const before = org.applications.find('browser')
  const steps = await plannedChanges(settings)
  t.match(steps.find(({ id }) => id === 'everyone'), { action: 'update', what: /REMOVE the assignment of Everyone/ })
  t.match(steps.find(({ id }) => id === 'redirects'), { action: 'update' })

  org.requests.clear()
  await apply(settings)
  t.match([...org.requests].filter(({ method }) => method === 'DELETE').map(({ path }) => path), [/^\/api\/v1\/apps\/0oalocalbrowser00001\/groups\/00g\w+$/])
  const after = org.applications.find('browser')
  t.same(after?.groupIds, [org.groups.find('Fastify Okta')?.id])
  t.same(after?.redirectUris, [...before?.redirectUris ?? [], `${publicUrl}/callback`, `${publicUrl}/docs/static/oauth2-redirect.html`], 'its other redirect URIs stay')
  t.same(await plannedChanges(settings), [])
})

t.test('an authorization server without a policy, or with one that does not fit, gets one for the app', async (t) => {
  const api = apiOf(org)
  await api('DELETE', (await findPolicy(api)).policy)
  t.match(await plannedChanges(), [{}, {}, {}, {}, {}, { id: 'policy', action: 'create' }, { id: 'rule', action: 'create' }, {}, {}])
  const { OKTA_OAUTH2_CLIENTID: clientId } = await apply()
  t.same(await plannedChanges(), [])

  const { policy, rule } = await findPolicy(api)
  t.match(await api('GET', policy), { name: 'Greeting service', conditions: { clients: { include: [clientId] } } })
  await api('DELETE', rule)
  t.match(await plannedChanges(), [{ id: 'rule', action: 'create' }])
  await apply()
  t.same(await plannedChanges(), [])
  await api('PUT', policy, { ...await api('GET', policy), conditions: { clients: { include: ['0oaother'] } } })
  t.match(await plannedChanges(), [{ id: 'policy', action: 'update' }])
  await apply()
  t.same(await plannedChanges(), [])
})

t.test('what was deactivated or changed at Okta is put right', async (t) => {
  const api = apiOf(org)
  const { OKTA_OAUTH2_CLIENTID: clientId } = await apply()
  const [origin] = await api('GET', '/trustedOrigins') as unknown as Array<{ id: string }>
  const [hook] = org.eventHooks.list()
  await api('POST', `/apps/${clientId}/lifecycle/deactivate`)
  await api('POST', `/trustedOrigins/${origin?.id}/lifecycle/deactivate`)
  await api('POST', `/eventHooks/${hook?.id}/lifecycle/deactivate`)

  t.match(await plannedChanges(), [{ id: 'app', action: 'update' }, { id: 'origin', action: 'update' }, { id: 'eventhook', action: 'update' }])
  await apply()
  t.same(await plannedChanges(), [])
})

t.test('--new-secret replaces the secret of the event hook', async (t) => {
  const first = await apply()
  const second = await apply({}, ['--new-secret'])
  t.match(second, { OKTA_EVENT_HOOK_SECRET: /^[\w-]{43}$/ })
  t.not(second['OKTA_EVENT_HOOK_SECRET'], first['OKTA_EVENT_HOOK_SECRET'])
  t.notOk('OKTA_EVENT_HOOK_SECRET' in await apply(), 'otherwise only Okta and the service know it')
})

t.test('the curl commands do the same, also with names that a shell would change', async (t) => {
  const settings = { GREETING_GROUP: 'Ada\'s "$(id)" team' }
  const { stdout } = await run(t, ['setup', '--curl'], { env: { ...env, ...settings } })
  t.notOk(stdout.includes(org.apiToken))

  await promisify(execFile)('/bin/sh', ['-c', stdout], { env: { ...environmentOfPrograms(), OKTA_CLIENT_TOKEN: org.apiToken } })
  t.same(await plannedChanges(settings), [])
  t.ok(org.groups.find(settings.GREETING_GROUP))
})

t.test('the Terraform configuration names the same objects, and needs no API token', async (t) => {
  const { code, stdout } = await run(t, ['setup', '--terraform'], { env: { OKTA_CLIENT_ORGURL: org.orgUrl, PUBLIC_URL: publicUrl, GREETING_GROUP: 'a "b" %{c}' } })

  t.equal(code, 0)
  t.same([...stdout.matchAll(/^resource "(\w+)"/gm)].map(([, type]) => type),
    ['okta_group', 'okta_app_oauth', 'okta_app_group_assignments', 'okta_auth_server_scope', 'okta_auth_server_policy', 'okta_auth_server_policy_rule', 'okta_trusted_origin', 'okta_event_hook'])
  t.match(stdout, `redirect_uris              = ["${publicUrl}/callback", `)
  t.match(stdout, 'name        = "a \\"b\\" %%{c}"')
  t.equal(stdout.split('{').length, stdout.split('}').length)
})

t.test('what is in the way is named, with what to do', async (t) => {
  t.match(await runHere(['setup'], { ...env, OKTA_CLIENT_TOKEN: `00${'x'.repeat(40)}` }), { code: 1, stderr: /refuses the API token \(401 E0000011\)/ })
  t.match(await runHere(['setup'], { ...env, OKTA_CLIENT_ORGURL: '' }), { code: 1, stderr: /OKTA_CLIENT_ORGURL is required/ })
  t.match(await runHere(['setup'], { ...env, OKTA_OAUTH2_ISSUER: `${org.orgUrl}/oauth2/other` }), { code: 1, stderr: /no authorization server "other"/ })
  t.match(await runHere(['setup'], { ...env, OKTA_OAUTH2_CLIENTID: org.clients.service.clientId }), { code: 1, stderr: /is of type service/ })
  t.match(await runHere(['setup'], { ...env, PUBLIC_URL: 'http://greeting.example.com' }), { code: 1, stderr: /PUBLIC_URL must be an https URL/ })
  org.groups.create({ name: 'Staff', type: 'APP_GROUP' })
  t.match(await runHere(['setup'], { ...env, GREETING_GROUP: 'Staff' }), { code: 1, stderr: /matches by its id only/ })
  t.match(await runHere(['setup', '--apply', '--curl']), { code: 2, stderr: /exclude each other/ })
})

async function apply (settings: Record<string, string> = {}, args: string[] = []): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await runHere(['setup', '--apply', '--json', ...args], { ...env, ...settings })
  if (code !== 0) throw new Error(stderr)
  return (JSON.parse(stdout) as { exports: Record<string, string> }).exports
}

/** The steps of a plan that change something. */
async function plannedChanges (settings: Record<string, string> = {}): Promise<Step[]> {
  const { code, stdout, stderr } = await runHere(['setup', '--json'], { ...env, ...settings })
  if (code !== 0) throw new Error(stderr)
  return (JSON.parse(stdout) as { steps: Step[] }).steps.filter(({ action }) => action !== 'none')
}

async function statusOf (path: string, token?: string): Promise<number> {
  return (await fetch(`${publicUrl}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status
}
