import { once } from 'node:events'
import { createServer } from 'node:http'
import type { CheckId } from '#fastify-okta/cli/doctor/check.js'
import { findPolicy, SECRET, type ReadyOrg } from './org.js'

/** A mistake, as people make it. */
export interface Misconfiguration {
  /** What is changed at Okta. */
  readonly change?: (ready: ReadyOrg) => Promise<void>
  /** What is set otherwise; an empty string: not set. */
  readonly settings?: (ready: ReadyOrg) => Record<string, string>
  /** The check that names it. */
  readonly check: CheckId
  /** Default `fail`. */
  readonly status?: 'warn'
  /** What `doctor` says about it. */
  readonly seen: RegExp
  /** Where it is named without `doctor`; left out: nowhere, since the service never sees it. */
  readonly withoutDoctor?: WithoutDoctor
}

/** What names a mistake when `doctor` is not run. */
export interface WithoutDoctor {
  /** The message with which the service does not start, or a line of its log. */
  readonly by: RegExp
  /** Default: a request to `/greet` with Ada's token. `patch`: to change her profile. `change`: her groups change at Okta. `sign-in`: she signs in in the browser. `none`: the service does not start. */
  readonly after?: 'none' | 'patch' | 'change' | 'sign-in'
}

const DEFAULT_SERVER = '/authorizationServers/default'

export const MISCONFIGURATIONS: Readonly<Record<string, Misconfiguration>> = {
  'the issuer ends with a slash': {
    settings: ({ org }) => ({ OKTA_OAUTH2_ISSUER: `${org.issuer}/` }),
    check: 'issuer.form',
    seen: /ends with a slash/,
    withoutDoctor: { by: /OKTA_OAUTH2_ISSUER ends with a slash/, after: 'none' }
  },
  'the issuer is the org': {
    settings: ({ org }) => ({ OKTA_OAUTH2_ISSUER: org.orgUrl }),
    check: 'issuer.form',
    seen: /is the org server: add \/oauth2\/default/,
    withoutDoctor: { by: /OKTA_OAUTH2_ISSUER is the org server: add \/oauth2\/default/, after: 'none' }
  },
  'the issuer is the -admin address': {
    settings: () => ({ OKTA_OAUTH2_ISSUER: 'https://dev-1-admin.okta.com/oauth2/default' }),
    check: 'issuer.form',
    seen: /dev-1\.okta\.com is meant/,
    withoutDoctor: { by: /OKTA_OAUTH2_ISSUER is the -admin address/, after: 'none' }
  },
  'the issuer is missing': {
    settings: () => ({ OKTA_OAUTH2_ISSUER: '' }),
    check: 'issuer.form',
    seen: /OKTA_OAUTH2_ISSUER is required/,
    withoutDoctor: { by: /OKTA_OAUTH2_ISSUER is required/, after: 'none' }
  },
  'the variable of the issuer has another name': {
    settings: ({ org }) => ({ OKTA_OAUTH2_ISSUER: '', OKTA_ISSUER: org.issuer }),
    check: 'issuer.form',
    seen: /OKTA_ISSUER is not a setting/,
    withoutDoctor: { by: /OKTA_OAUTH2_ISSUER is required/, after: 'none' }
  },
  'the issuer is an authorization server that does not exist': {
    settings: ({ org }) => ({ OKTA_OAUTH2_ISSUER: `${org.orgUrl}/oauth2/aus0000000000000000` }),
    check: 'issuer.discovery',
    seen: /answered 404/,
    withoutDoctor: { by: /the keys of the issuer could not be fetched/ }
  },
  'nothing answers at the issuer': {
    settings: () => ({ OKTA_OAUTH2_ISSUER: 'http://127.0.0.1:2/oauth2/default' }),
    check: 'issuer.discovery',
    seen: /could not be reached \(ECONNREFUSED\)/,
    withoutDoctor: { by: /the keys of the issuer could not be fetched/ }
  },
  'the issuer is known by another name': {
    settings: ({ org }) => ({ OKTA_OAUTH2_ISSUER: org.issuer.replace('127.0.0.1', 'localhost') }),
    check: 'issuer.discovery',
    seen: /names another issuer: http:\/\/127\.0\.0\.1/,
    withoutDoctor: { by: /"reason":"issuer".*"expected":"http:\/\/localhost/ }
  },
  'a firewall keeps the keys back': {
    change: async ({ org }) => { org.faults.add({ path: '/oauth2/default/v1/keys', status: 403 }) },
    check: 'issuer.keys',
    seen: /answered 403/,
    withoutDoctor: { by: /the keys of the issuer could not be fetched/ }
  },
  'the clock of this machine is two minutes off': {
    change: async ({ org }) => { await answerWithDate(org, new Date(Date.now() + 120_000)) },
    check: 'clock',
    seen: /1[12]\d s behind/,
    withoutDoctor: { by: /the clock of this machine is 1[12]\d s behind the issuer's/ }
  },
  'the audience is another': {
    settings: () => ({ OKTA_OAUTH2_AUDIENCE: 'api://greeting' }),
    check: 'audience',
    seen: /tokens for api:\/\/default, and the service expects api:\/\/greeting/,
    withoutDoctor: { by: /"reason":"audience".*"expected":"api:\/\/greeting","received":"api:\/\/default"/ }
  },
  'the authorization server has no access policy': {
    change: async ({ api }) => { await api('DELETE', (await findPolicy(api)).policy) },
    check: 'server.policy',
    seen: /has no access policy/,
    withoutDoctor: { by: /a browser reports that a sign-in or sign-out failed/, after: 'sign-in' }
  },
  'the access policy has no rule': {
    change: async ({ api }) => { await api('DELETE', (await findPolicy(api)).rule) },
    check: 'server.policy',
    seen: /has no active rule for authorization_code/,
    withoutDoctor: { by: /a browser reports that a sign-in or sign-out failed/, after: 'sign-in' }
  },
  'the access policy is for another client': {
    change: async ({ api }) => {
      const { policy } = await findPolicy(api)
      await api('PUT', policy, { ...await api('GET', policy), conditions: { clients: { include: ['0oalocalservice00001'] } } })
    },
    check: 'server.policy',
    seen: /no active policy is for 0oalocalbrowser00001/,
    withoutDoctor: { by: /a browser reports that a sign-in or sign-out failed/, after: 'sign-in' }
  },
  'the rule allows some scopes only': {
    change: async ({ api }) => {
      const { rule } = await findPolicy(api)
      const { conditions, ...rest } = await api('GET', rule) as { conditions: Record<string, unknown> }
      await api('PUT', rule, { ...rest, conditions: { ...conditions, scopes: { include: ['openid', 'profile', 'email'] } } })
    },
    check: 'scopes',
    seen: /no rule of the policy "Default Policy" allows profile:write/,
    withoutDoctor: { by: /"reason":"missing_scope".*"scope":"profile:write"/, after: 'patch' }
  },
  'the authorization server has no scope profile:write': {
    change: async ({ api }) => {
      const scopes = await api('GET', `${DEFAULT_SERVER}/scopes`) as unknown as Array<{ id: string, name: string }>
      await api('DELETE', `${DEFAULT_SERVER}/scopes/${scopes.find(({ name }) => name === 'profile:write')?.id}`)
    },
    check: 'scopes',
    seen: /has no scope profile:write/,
    withoutDoctor: { by: /"reason":"missing_scope".*"scope":"profile:write"/, after: 'patch' }
  },
  'the client of the page is a service app': {
    settings: ({ org }) => ({ OKTA_OAUTH2_CLIENTID: org.clients.service.clientId }), check: 'client.type', seen: /is of type service/
  },
  'the client of the page does not exist': {
    settings: () => ({ OKTA_OAUTH2_CLIENTID: '0oa00000000000000000' }), check: 'client.type', seen: /no app with this client id/
  },
  'the redirect URI is missing': {
    settings: () => ({ PUBLIC_URL: 'http://localhost:3999', PORT: '3999' }), check: 'client.redirect', seen: /has no sign-in redirect URI http:\/\/localhost:3999\/callback/
  },
  'nobody is assigned to the app': {
    change: async ({ org }) => { org.applications.unassignGroup('browser', 'Fastify Okta') },
    check: 'client.assigned',
    seen: /neither the group "Fastify Okta" nor a user/,
    withoutDoctor: { by: /a browser reports that a sign-in or sign-out failed/, after: 'sign-in' }
  },
  'Everyone is assigned to the app': {
    change: async ({ org }) => { org.applications.assignGroup('browser', 'Everyone') }, check: 'client.everyone', status: 'warn', seen: /Everyone is assigned/
  },
  'the origin of the page is not trusted': {
    change: async ({ api }) => {
      const [origin] = await api('GET', '/trustedOrigins') as unknown as Array<{ id: string }>
      await api('DELETE', `/trustedOrigins/${origin?.id}`)
    },
    check: 'cors',
    status: 'warn',
    seen: /is not a trusted origin/
  },
  'the API token is revoked': {
    settings: () => ({ OKTA_CLIENT_TOKEN: `00${'x'.repeat(40)}` }),
    check: 'directory.token',
    seen: /refuses the API token \(401 E0000011\)/,
    withoutDoctor: { by: /Okta refuses OKTA_CLIENT_TOKEN/ }
  },
  'the API token has SSWS in front': {
    settings: ({ org }) => ({ OKTA_CLIENT_TOKEN: `SSWS ${org.apiToken}` }),
    check: 'directory.token',
    seen: /leave "SSWS " off/,
    withoutDoctor: { by: /OKTA_CLIENT_TOKEN begins with "SSWS "/, after: 'none' }
  },
  'the API token may not read users': {
    change: async ({ org }) => {
      org.faults.add({ path: /^\/api\/v1\/users/, status: 403, body: { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action' } })
    },
    check: 'directory.rights',
    seen: /does not let the service read users \(403 E0000006; okta\.users\.read\)/,
    withoutDoctor: { by: /Okta does not let OKTA_CLIENT_TOKEN read users/ }
  },
  'the name of the group is misspelt': {
    settings: () => ({ GREETING_GROUP: 'Fastfy Okta' }),
    check: 'group.exists',
    seen: /no group "Fastfy Okta"/,
    withoutDoctor: { by: /the group \\"Fastfy Okta\\" does not exist/ }
  },
  'the name of the group is in another case': {
    settings: () => ({ GREETING_GROUP: 'fastify okta' }),
    check: 'group.exists',
    seen: /there is "Fastify Okta", and letter case counts/,
    withoutDoctor: { by: /there is \\"Fastify Okta\\", and letter case counts/ }
  },
  'the group is imported': {
    change: async ({ org }) => { org.groups.create({ name: 'Staff', type: 'APP_GROUP' }) },
    settings: () => ({ GREETING_GROUP: 'Staff' }),
    check: 'group.exists',
    seen: /matches by its id only/,
    withoutDoctor: { by: /there is an imported group of this name/ }
  },
  'nobody is in the group': {
    change: async ({ org }) => { org.groups.removeUser('Fastify Okta', 'ada@example.com') },
    check: 'group.members',
    status: 'warn',
    seen: /has no active members/,
    withoutDoctor: { by: /"reason":"not_a_member","group":"Fastify Okta"/ }
  },
  'there is no directory, and tokens have no groups claim': {
    settings: () => ({ OKTA_CLIENT_TOKEN: '' }),
    check: 'groups.claim',
    status: 'warn',
    seen: /there is no directory/,
    withoutDoctor: { by: /"reason":"no_groups"/ }
  },
  'there is no event hook': {
    settings: () => ({ OKTA_EVENT_HOOK_SECRET: SECRET }), check: 'eventhook', seen: /no event hook of the org delivers to/
  },
  'the event hook delivers elsewhere': {
    change: async ({ api }) => { await createHook(api, 'https://old.example.com/okta/events') },
    settings: () => ({ OKTA_EVENT_HOOK_SECRET: SECRET }),
    check: 'eventhook',
    seen: /delivers to https:\/\/old\.example\.com\/okta\/events, and none to/
  },
  'the event hook is not verified': {
    change: async ({ api, publicUrl }) => { await createHook(api, `${publicUrl}/okta/events`) },
    settings: () => ({ OKTA_EVENT_HOOK_SECRET: SECRET }),
    check: 'eventhook',
    status: 'warn',
    seen: /is not verified yet, and nothing listens/
  },
  'the secret of the event hook is another at Okta': {
    change: async ({ org, publicUrl }) => {
      const stop = await receiveUntilVerified(publicUrl)
      await org.eventHooks.register({ url: `${publicUrl}/okta/events`, secret: SECRET })
      org.groups.removeUser('Fastify Okta', 'ada@example.com')
      org.groups.addUser('Fastify Okta', 'ada@example.com')
      await org.eventHooks.settled()
      stop()
    },
    settings: () => ({ OKTA_EVENT_HOOK_SECRET: `${SECRET}-2` }),
    check: 'eventhook',
    status: 'warn',
    seen: /deliveries failed in the last hour/,
    withoutDoctor: { by: /"code":"FST_[A-Z_]*EVENT_HOOK_SECRET"/, after: 'change' }
  },
  'the secret of the event hook is too short': {
    settings: () => ({ OKTA_EVENT_HOOK_SECRET: 'short' }),
    check: 'eventhook',
    seen: /at least 16 printable characters/,
    withoutDoctor: { by: /OKTA_EVENT_HOOK_SECRET must be at least 16/, after: 'none' }
  },
  'no Redis answers': {
    settings: () => ({ REDIS_URL: 'redis://127.0.0.1:1' }),
    check: 'redis',
    seen: /cannot be reached \(ECONNREFUSED\)/,
    withoutDoctor: { by: /Redis is unavailable/ }
  },
  'the public URL has a path': {
    settings: ({ publicUrl }) => ({ PUBLIC_URL: `${publicUrl}/api` }),
    check: 'publicurl',
    seen: /has a path/,
    withoutDoctor: { by: /PUBLIC_URL has a path/, after: 'none' }
  },
  'something else answers at the public URL': {
    settings: ({ org }) => ({ PUBLIC_URL: org.orgUrl }), check: 'publicurl', seen: /is not this service/
  }
}

async function createHook (api: ReadyOrg['api'], uri: string): Promise<void> {
  const authScheme = { type: 'HEADER', key: 'Authorization', value: SECRET }
  await api('POST', '/eventHooks', {
    name: 'Greeting',
    events: { type: 'EVENT_TYPE', items: ['group.user_membership.add', 'group.user_membership.remove'] },
    channel: { type: 'HTTP', version: '1.0.0', config: { uri, headers: [], authScheme } }
  })
}

/** A service that agrees to be called once, and refuses deliveries, as with another secret. Returns a function that stops it. */
async function receiveUntilVerified (publicUrl: string): Promise<() => void> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(request.method === 'GET' ? 200 : 403, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ verification: request.headers['x-okta-verification-challenge'] }))
  })
  server.listen(Number(new URL(publicUrl).port), '127.0.0.1')
  await once(server, 'listening')
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

/** Okta's time cannot be changed, nor this machine's: so the metadata and the keys are the same, with another Date. */
async function answerWithDate ({ issuer, faults }: ReadyOrg['org'], date: Date): Promise<void> {
  for (const document of ['.well-known/openid-configuration', 'v1/keys']) {
    const url = new URL(`${issuer}/${document}`)
    const body = await (await fetch(url)).json() as object
    faults.add({ path: url.pathname, status: 200, headers: { date: date.toUTCString() }, body })
  }
}
