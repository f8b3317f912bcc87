import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { decodeJwt } from 'jose'
import t from 'tap'
import { alertIn, post, read } from './forms.js'
import { receiveHooks } from './receiver.js'
import { start } from '../start.js'

/** The status for a request target as it is written; fetch() would write it anew. */
async function statusOf (orgUrl: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  const { hostname, port } = new URL(orgUrl)
  const [response] = await once(request({ hostname, port, path, headers }).end(), 'response') as [IncomingMessage]
  response.resume()
  return response.statusCode
}

t.test('the console is at /, except for a client that asks for JSON', async (t) => {
  const localOkta = await start(t)
  const page = await read(localOkta, '/')
  t.equal(page.status, 200)
  t.match(await page.text(), new RegExp(`${localOkta.issuer}[^]*${localOkta.apiToken}[^]*${localOkta.clients.service.clientSecret}`))
  const plain = await fetch(`${localOkta.orgUrl}/`)
  t.match([plain.status, plain.headers.get('content-type')], [200, /^text\/html/], 'any type is accepted')
  const answer = await fetch(`${localOkta.orgUrl}/`, { headers: { accept: 'application/json' } })
  t.match([answer.status, await answer.json()], [404, { errorCode: 'E0000008' }])
  t.equal((await read(localOkta, '/console')).headers.get('location'), '/')
  for (const path of ['/console/nowhere', '/console/people/nobody', '/console/groups/none', '/console/applications/none', '/console/event-hooks/none']) {
    const { status, headers } = await read(localOkta, path)
    t.match([status, headers.get('content-type')], [404, /^text\/html/], path)
  }
})

t.test('pages run no script, load nothing, and are shown in no frame', async (t) => {
  const localOkta = await start(t)
  for (const path of ['/', '/console/people', '/console/tokens', '/console/nowhere']) {
    const { headers } = await read(localOkta, path)
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/, path)
    t.equal(headers.get('cache-control'), 'no-store')
    t.equal(headers.get('access-control-allow-origin'), null)
  }
  const live = (await read(localOkta, '/console/system-log')).headers.get('content-security-policy') ?? ''
  t.match(live, /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'; form-action/, 'but for the one that renews the System Log')
})

t.test('a foreign or null Origin is refused, whatever else the request carries', async (t) => {
  const localOkta = await start(t)
  const { orgUrl } = localOkta
  const { port } = new URL(orgUrl)
  const origins = ['null', 'http://evil.example', 'http://127.0.0.1:3000', `http://localhost:${port}`, `https://127.0.0.1:${port}`, `${orgUrl}/`, '', `${orgUrl}.evil.example`]
  const headers = { authorization: `SSWS ${localOkta.apiToken}`, referer: `${orgUrl}/console/groups`, cookie: 'sid=1', 'sec-fetch-site': 'same-origin' }
  for (const origin of origins) {
    const { status } = await post(localOkta, '/console/groups', { name: 'Foreign' }, { ...headers, origin })
    t.equal(status, 403, `POST from ${origin}`)
    for (const path of ['/', '/console/tokens', '/console/nowhere']) {
      const answer = await read(localOkta, path, { ...headers, origin })
      t.equal(answer.status, 403, `GET ${path} from ${origin}`)
      t.notOk((await answer.text()).includes(localOkta.apiToken))
    }
  }
  for (const path of ['/%63onsole/tokens', `${orgUrl}/console/tokens`, `${orgUrl}/`]) {
    t.equal(await statusOf(orgUrl, path, { accept: 'text/html', origin: 'http://127.0.0.1:3000' }), 403, `GET ${path}`)
  }
  for (const site of ['cross-site', 'same-site']) {
    t.equal((await post(localOkta, '/console/groups', { name: 'Foreign' }, { 'sec-fetch-site': site })).status, 403, site)
  }
  t.equal(localOkta.groups.find('Foreign'), undefined)
  t.equal((await post(localOkta, '/console/groups', { name: 'Own' })).status, 303, 'its own pages may')
})

t.test('a body that is not a form is refused', async (t) => {
  const { orgUrl } = await start(t)
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
    const { status } = await fetch(`${orgUrl}/console/groups`, { method: 'POST', headers: { 'content-type': type, origin: orgUrl }, body: '{"name":"x"}' })
    t.equal(status, 415, type)
  }
})

t.test('what people have typed is shown as text', async (t) => {
  const localOkta = await start(t)
  const name = '<img src=x onerror=alert(1)>"\'&'
  const { location } = await post(localOkta, '/console/groups', { name, description: name })
  localOkta.users.update('ada@example.com', { firstName: name })
  const group = location.split('?')[0] ?? ''
  for (const path of [group, '/console/groups', '/console/people', '/console/people/00uadalovelace000001', '/console/tokens', '/console/system-log', `/console/people?q=${encodeURIComponent(name)}`]) {
    const html = await (await read(localOkta, path)).text()
    t.match(html, '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;', path)
    t.notOk(html.includes('<img'), path)
  }
  t.notOk((await (await read(localOkta, '/console/faults?done=%3Cimg%3E')).text()).includes('img'), 'an address says nothing of its own')
})

t.test('a group is added, renamed, changed and deleted without script; Everyone is not', async (t) => {
  const localOkta = await start(t)
  const { status, location } = await post(localOkta, '/console/groups', { name: ' Greeters ', description: '' })
  t.equal(status, 303)
  const path = location.split('?')[0] ?? ''
  await post(localOkta, path, { name: 'Welcomers', description: 'Say hello' })
  await post(localOkta, `${path}/add`, { user: 'grace@example.com' })
  t.match(localOkta.groups.find('Welcomers'), { profile: { description: 'Say hello' }, memberIds: ['00ugracehopper000001'] })
  t.match(alertIn((await post(localOkta, '/console/groups', { name: 'Welcomers' })).html), /already exists/)
  t.match(alertIn((await post(localOkta, '/console/groups', { name: '' })).html), /cannot be left blank/)
  t.equal((await post(localOkta, `${path}/add`, { user: 'nobody@example.com' })).status, 404)
  await post(localOkta, `${path}/remove`, { user: '00ugracehopper000001' })
  t.strictSame(localOkta.groups.find('Welcomers')?.memberIds, [])
  await post(localOkta, `${path}/delete`)
  t.equal(localOkta.groups.find('Welcomers'), undefined)
  for (const [action, fields] of [['', { name: 'All' }], ['/remove', { user: 'ada@example.com' }], ['/delete', {}]] as const) {
    t.equal((await post(localOkta, `/console/groups/00geveryone000000001${action}`, fields)).status, 403, `Everyone${action}`)
  }
})

t.test('sessions and tokens end with Clear User Sessions, and a new password lets a person sign in', async (t) => {
  const localOkta = await start(t)
  const token = await localOkta.mintAccessToken()
  const userinfo = async (): Promise<number> => (await fetch(`${localOkta.issuer}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status
  t.equal(await userinfo(), 200)
  await post(localOkta, '/console/people/00uadalovelace000001/sessions')
  t.equal(await userinfo(), 401)
  const { location } = await post(localOkta, '/console/people', { firstName: 'Alan', lastName: 'Turing', login: 'alan@example.com', email: 'alan@example.com', password: '' })
  t.equal(localOkta.users.find('alan@example.com')?.status, 'PROVISIONED')
  await post(localOkta, `${location.split('?')[0]}/password`, { password: 'enigma-1' })
  t.equal(localOkta.users.find('alan@example.com')?.status, 'ACTIVE')
  t.equal((await post(localOkta, '/console/people/00uadalovelace000001/status', { change: 'activate' })).status, 403, 'as the API refuses it')
  t.equal((await post(localOkta, '/console/people/00uadalovelace000001/delete')).status, 403)
})

t.test('in an org of many people some are shown, all are found, and a username is typed', async (t) => {
  const localOkta = await start(t)
  for (let number = 0; number < 150; number++) {
    const login = `person-${number}@example.com`
    localOkta.users.create({ profile: { login, email: login, firstName: 'Person', lastName: `Number ${number}` }, password: 'x' })
  }
  for (const path of ['/console/people', '/console/groups/00geveryone000000001']) {
    t.match(await (await read(localOkta, path)).text(), /100 of 153 are shown/, path)
    const found = await (await read(localOkta, `${path}?q=NUMBER%20149`)).text()
    t.match(found, /Person Number 149/)
    t.notMatch(found, /Person Number 148|are shown/)
  }
  t.match(await (await read(localOkta, '/console/tokens')).text(), /<input id="user" name="user"/)
  const { clientId } = localOkta.clients.browser
  const { html } = await post(localOkta, '/console/tokens', { user: 'person-149@example.com', application: clientId, scope: 'openid', api: 'http://127.0.0.1:3000/' })
  t.match(html, /"sub": "person-149@example.com"|&quot;sub&quot;: &quot;person-149@example.com&quot;/)
})

t.test('an app integration that is created here gets tokens with its secret', async (t) => {
  const localOkta = await start(t)
  const { location } = await post(localOkta, '/console/applications', { applicationType: 'service', label: 'Robot' })
  const path = location.split('?')[0] ?? ''
  const clientId = path.split('/').at(-1) ?? ''
  const secrets = (html: string): string[] => [...html.matchAll(/data-label="Client secret"><code>([^<]+)</g)].map(([, secret = '']) => secret)
  const ask = async (): Promise<number> => {
    const secret = secrets(await (await read(localOkta, path)).text()).at(-1)
    const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
    return (await fetch(`${localOkta.issuer}/v1/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'greet' }) })).status
  }
  t.equal(await ask(), 200)
  await post(localOkta, `${path}/secrets`)
  t.equal(await ask(), 200, 'with the new secret')
  const html = await (await read(localOkta, path)).text()
  t.equal(secrets(html).length, 2)
  t.match(alertIn((await post(localOkta, `${path}/secrets`)).html), /maximum number of client secrets/)
  const [, first = ''] = /name="secret" value="([^"]+)"/.exec(html) ?? []
  t.equal((await post(localOkta, `${path}/secrets/delete`, { secret: first })).status, 400, 'not while it is active')
  await post(localOkta, `${path}/secrets/status`, { secret: first, status: 'INACTIVE' })
  await post(localOkta, `${path}/secrets/delete`, { secret: first })
  t.equal(await ask(), 200, 'with the one that is left')
  t.equal((await post(localOkta, `${path}/delete`)).status, 403, 'not while it is active')
  await post(localOkta, `${path}/status`, { status: 'INACTIVE' })
  t.not(await ask(), 200)
  await post(localOkta, `${path}/delete`)
  t.equal(localOkta.applications.find(clientId), undefined)
})

t.test('a trusted origin is added and deleted, and decides about CORS', async (t) => {
  const localOkta = await start(t)
  const [path, origin] = ['/console/trusted-origins', 'http://127.0.0.1:8080']
  const allowed = async (): Promise<string | null> => (await fetch(`${localOkta.orgUrl}/api/v1/sessions/me`, { headers: { origin } })).headers.get('access-control-allow-origin')
  t.equal(await allowed(), null)
  for (const wrong of ['', 'nonsense', 'ftp://127.0.0.1', `${origin}/`, `${origin}/path`]) {
    t.match(alertIn((await post(localOkta, path, { name: 'Page', trustedOrigin: wrong })).html), /^Origin URL: must be a scheme, a host and a port/, wrong)
  }
  t.equal((await post(localOkta, path, { name: 'Page', trustedOrigin: origin })).location, `${path}?done=origin-added`)
  t.equal(await allowed(), origin)
  t.match(alertIn((await post(localOkta, path, { name: 'Another', trustedOrigin: origin })).html), /^Origin URL: .*already exists/)
  const [, id = ''] = /name="trustedOriginId" value="([^"]+)"/.exec(await (await read(localOkta, path)).text()) ?? []
  t.equal((await post(localOkta, `${path}/delete`, { trustedOriginId: id })).location, `${path}?done=origin-deleted`)
  t.equal(await allowed(), null)
  t.equal((await post(localOkta, `${path}/delete`, { trustedOriginId: id })).status, 404)
})

t.test('an app for people needs a redirect URI, is assigned, and signs in at /authorize', async (t) => {
  const localOkta = await start(t)
  const app = { applicationType: 'web', label: 'Shop', access: 'skip' }
  t.match(alertIn((await post(localOkta, '/console/applications', app)).html), /^Sign-in redirect URIs: The field cannot be left blank/)
  t.match(alertIn((await post(localOkta, '/console/applications', { ...app, redirectUris: 'javascript:alert(1)' })).html), /is not an absolute URI/)
  const { location } = await post(localOkta, '/console/applications', { ...app, redirectUris: 'http://127.0.0.1:5000/cb\r\nhttp://localhost:5000/cb' })
  const path = location.split('?')[0] ?? ''
  const { id, redirectUris } = localOkta.applications.find('Shop') ?? {}
  t.strictSame(redirectUris, ['http://127.0.0.1:5000/cb', 'http://localhost:5000/cb'])
  const query = new URLSearchParams({ client_id: id ?? '', redirect_uri: 'http://localhost:5000/cb', response_type: 'code', scope: 'openid', state: 's' })
  t.match((await read(localOkta, `/oauth2/default/v1/authorize?${String(query)}`)).headers.get('location'), /\/signin\//)

  await post(localOkta, `${path}/assign-person`, { user: 'grace@example.com' })
  t.match(await (await read(localOkta, '/console/people/00ugracehopper000001')).text(), /Shop<\/a><\/td><td[^>]*>Individual/)
  await post(localOkta, `${path}/unassign-person`, { user: 'grace@example.com' })
  await post(localOkta, path, { label: 'Store', redirectUris: 'http://localhost:5000/cb', dpopBoundAccessTokens: 'true' })
  t.match(localOkta.applications.find('Store'), { dpopBoundAccessTokens: true, redirectUris: ['http://localhost:5000/cb'], groupIds: [] })
})

t.test('an app that is not a client is shown without credentials, and gets no token', async (t) => {
  const localOkta = await start(t)
  const response = await fetch(`${localOkta.orgUrl}/api/v1/apps`, {
    method: 'POST',
    headers: { authorization: `SSWS ${localOkta.apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bookmark', label: 'Wiki', signOnMode: 'BOOKMARK', settings: { app: { url: 'https://wiki.example.com/' } } })
  })
  const { id } = await response.json() as { id: string }
  const html = await (await read(localOkta, `/console/applications/${id}`)).text()
  t.match(html, /BOOKMARK/)
  t.notMatch(html, /Client ID|Client Secrets|redirect URIs/)
  for (const path of ['/', '/console/tokens']) t.notMatch(await (await read(localOkta, path)).text(), /Wiki/, path)
  t.match(alertIn((await post(localOkta, '/console/tokens', { user: 'ada@example.com', application: id, scope: 'openid', api: 'http://127.0.0.1:3000/' })).html), /not an OpenID Connect app/)
})

t.test('the tokens tab gives what the app would get, and refuses what Okta would refuse', async (t) => {
  const localOkta = await start(t)
  const { browser, service } = localOkta.clients
  const form = (fields: Record<string, string>, scopes: string[] = ['openid', 'greet']): URLSearchParams =>
    new URLSearchParams([...Object.entries({ user: '00uadalovelace000001', application: browser.clientId, api: "http://127.0.0.1:3000/it's", ...fields }), ...scopes.map((scope): [string, string] => ['scope', scope])])
  const tokenIn = (html: string): string => /id="access-token">([^<]+)</.exec(html)?.[1] ?? ''

  const { html } = await post(localOkta, '/console/tokens', form({}))
  t.match(decodeJwt(tokenIn(html)), { iss: localOkta.issuer, cid: browser.clientId, sub: 'ada@example.com', scp: ['openid', 'greet'] })
  t.match(html, /&#39;http:\/\/127\.0\.0\.1:3000\/it&#39;\\&#39;&#39;s&#39;/, 'a shell reads the URL as one word')
  const own = decodeJwt(tokenIn((await post(localOkta, '/console/tokens', form({ application: service.clientId }))).html))
  t.match([own.sub, own['scp'], own['uid']], [service.clientId, ['greet'], undefined], 'an API service gets a token for itself')

  localOkta.users.setStatus('grace@example.com', 'SUSPENDED')
  const refused: Array<[URLSearchParams, RegExp]> = [
    [form({ user: 'grace@example.com' }), /^Person: The user is not active: Suspended/],
    [form({ api: 'javascript:1' }), /^API: must be an http/],
    [form({}, []), /^Scopes: No scopes were requested/],
    [form({}, ['everything']), /^Scopes: One or more scopes are not configured/],
    [form({ application: service.clientId }, ['openid']), /are for people/]
  ]
  for (const [fields, message] of refused) {
    const answer = await post(localOkta, '/console/tokens', fields)
    t.equal(answer.status, 400)
    t.match(alertIn(answer.html), message)
    t.equal(tokenIn(answer.html), '')
  }
  localOkta.applications.setDpopBound('browser', true)
  t.match(alertIn((await post(localOkta, '/console/tokens', form({}))).html), /requires DPoP/)
})

t.test('an event hook is created and verified, and its deliveries are listed', async (t) => {
  const localOkta = await start(t)
  const receiver = await receiveHooks(t)
  const { location } = await post(localOkta, '/console/event-hooks', { name: 'My API', uri: receiver.url, secret: 'shared', event: 'group.user_membership.add' })
  const path = location.split('?')[0] ?? ''
  t.match(localOkta.eventHooks.list(), [{ status: 'ACTIVE', verificationStatus: 'VERIFIED' }])
  localOkta.groups.addUser('Fastify Okta', 'grace@example.com')
  await localOkta.eventHooks.settled()
  const html = await (await read(localOkta, path)).text()
  t.match(html, /group\.user_membership\.add<\/div><\/td><td[^>]*>200<\/td><td[^>]*><span class="status good">Delivered/)
  t.notOk(html.includes('shared'), 'the secret is not shown')

  receiver.status = 500
  localOkta.groups.addUser('Fastify Okta', 'admin@example.com')
  await localOkta.eventHooks.settled()
  t.match(await (await read(localOkta, path)).text(), /500<\/td><td[^>]*><span class="status bad">Failed[^]*Delivered/, 'the latest first')
  t.match(alertIn((await post(localOkta, `${path}/verify`)).html), /does not answer the challenge/)
  t.equal((await post(localOkta, `${path}/delete`)).status, 403)
  await post(localOkta, `${path}/status`, { status: 'INACTIVE' })
  await post(localOkta, `${path}/delete`)
  t.strictSame(localOkta.eventHooks.list(), [])
  t.match(alertIn((await post(localOkta, '/console/event-hooks', { name: 'x', uri: 'http://example.com/', event: 'group.user_membership.add' })).html), /must be https/)
})

t.test('faults are injected and ended here, do not apply to the console, and keys rotate', async (t) => {
  const localOkta = await start(t)
  const keys = async (): Promise<number> => (await fetch(`${localOkta.issuer}/v1/keys`)).status
  t.equal((await post(localOkta, '/console/faults', { place: 'all', kind: 'outage', delayMs: '', times: '' })).status, 303)
  t.equal(await keys(), 503)
  t.match(await (await read(localOkta, '/console/faults')).text(), /All of Okta<\/td><td[^>]*>503/)
  await post(localOkta, '/console/faults/end', { fault: '0' })
  t.equal(await keys(), 200)
  await post(localOkta, '/console/faults', { place: 'keys', kind: 'rate-limit', times: '1' })
  t.strictSame([await keys(), await keys()], [429, 200])
  for (const query of ['place=all&kind=latency', 'place=x&kind=outage', 'place=all&kind=constructor', 'place=all&kind=outage&delayMs=-1', 'place=all&kind=outage&times=0.5']) {
    t.equal((await post(localOkta, '/console/faults', new URLSearchParams(query))).status, 400, query)
  }
  localOkta.faults.add({ path: /./, hang: true })
  t.equal((await post(localOkta, '/console/faults/end-all')).status, 303)
  t.equal(await keys(), 200)

  const [active] = localOkta.keys
  await post(localOkta, '/console/faults/rotate-keys')
  t.not(localOkta.keys.find(({ status }) => status === 'ACTIVE')?.kid, active?.kid)
  t.equal((await post(localOkta, '/console/faults/retire-key', { kid: localOkta.keys.find(({ status }) => status === 'NEXT')?.kid ?? '' })).status, 400)
  await post(localOkta, '/console/faults/retire-key', { kid: active?.kid ?? '' })
  t.notOk(localOkta.keys.some(({ kid }) => kid === active?.kid))
})

t.test('what the console does is not among the recorded requests', async (t) => {
  const localOkta = await start(t)
  await read(localOkta, '/')
  await read(localOkta, '/console/people')
  await fetch(`${localOkta.orgUrl}/`, { headers: { accept: 'application/json' } })
  t.strictSame(localOkta.requests.map(({ path }) => path), ['/'])
})
