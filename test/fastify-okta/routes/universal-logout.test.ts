import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { ADA, type TokenDifference } from '../../kit/access-token.js'
import { buildApplication, type Application, type ApplicationOptions } from '../../kit/application.js'
import { hangUp } from '../../kit/issuer.js'
import { LOGOUT_CLIENT, LOGOUT_URL, logoutToken, orgKey, PUBLIC_URL, securityEventToken, sessionRevoked, STREAM_AUDIENCE } from '../../kit/messages.js'
import { createSigningKey, nextKey, usualKey } from '../../kit/signing-key.js'
import { nowSeconds } from '../../kit/clock.js'

const PATH = '/okta/universal-logout'
const foreignKey = createSigningKey('org')

interface Endpoint extends Application {
  readonly log: Array<Record<string, unknown>>
  /** Asks with this credential, by default a good one, and this body, by default for Ada. */
  logOut (credential?: string | null, body?: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  bodyOf (sub?: string): { sub_id: Record<string, unknown> }
  /** The status that a token of Ada's gets that was issued before all of this. */
  old (): Promise<number>
}

async function build (t: Test, { okta, ...options }: ApplicationOptions = {}): Promise<Endpoint> {
  const log: Array<Record<string, unknown>> = []
  const application = await buildApplication(t, {
    fastify: { logger: { level: 'info', stream: { write: (line: string) => { log.push(JSON.parse(line) as Record<string, unknown>) } } } },
    okta: { publicUrl: PUBLIC_URL, universalLogout: { clientId: LOGOUT_CLIENT }, ...okta },
    ...options
  })
  const { app, issuer, ask } = application
  const bodyOf = (sub = ADA): { sub_id: Record<string, unknown> } => ({ sub_id: { format: 'iss_sub', iss: issuer.origin, sub } })
  const token = issuer.mint({ claims: { iat: nowSeconds() - 60, auth_time: nowSeconds() - 60 } })
  return {
    ...application,
    log,
    bodyOf,
    logOut: async (credential = logoutToken(issuer.origin), body = bodyOf(), headers = {}) => await app.inject({
      method: 'POST',
      url: PATH,
      headers: { 'content-type': 'application/json', ...(credential === null ? {} : { authorization: `Bearer ${credential}` }), ...headers },
      payload: (typeof body === 'string' ? body : JSON.stringify(body))
    }),
    old: async () => (await ask('/me', token)).statusCode
  }
}

t.test('a user who is signed out everywhere is refused from then on, and greeted after a new sign-in', async t => {
  const { logOut, old, ask, issuer, log } = await build(t)
  t.equal(await old(), 200)
  const response = await logOut()

  t.match(response, { statusCode: 204, body: '', headers: { 'cache-control': 'no-store' } })
  t.equal(await old(), 401)
  t.match((await ask('/me', { claims: { uid: '00ugracehopper000001', sub: 'grace@example.com' } })).statusCode, 200, 'nobody else is')
  t.match((await ask('/me', { claims: { iat: nowSeconds() + 2, auth_time: nowSeconds() + 2 } })).statusCode, 200)
  t.match(log.find(({ source }) => source === 'universal_logout'), { level: 30, type: 'global_token_revocation', uid: ADA, effect: 'revoked', delaySeconds: Number, reqId: String })
  t.notMatch(JSON.stringify(log), issuer.claims().jti as string)
})

t.test('a subject may be an address, an id, or an id of the issuer of the access tokens', async t => {
  const { issuer } = await build(t)
  const subjects: Array<Record<string, unknown>> = [
    { format: 'email', email: 'Ada@Example.com' },
    { format: 'opaque', id: ADA },
    { format: 'iss_sub', iss: issuer.origin, sub: ADA },
    { format: 'iss_sub', iss: issuer.url, sub: ADA }
  ]
  for (const subject of subjects) {
    const { logOut, old } = await build(t, { issuer })
    t.equal((await logOut(undefined, { sub_id: subject })).statusCode, 204, JSON.stringify(subject))
    t.equal(await old(), 401, JSON.stringify(subject))
  }
})

t.test('the issuer of the credential may be the org or the issuer of the access tokens, and its key one that only the app has', async t => {
  const { logOut, issuer, old } = await build(t)
  t.equal((await logOut(logoutToken(issuer.url))).statusCode, 204)
  const pinned = createSigningKey('pinned')
  issuer.pinnedKeys.set(LOGOUT_CLIENT, [pinned.jwk])

  t.equal((await logOut(logoutToken(issuer.origin, { key: pinned }))).statusCode, 204)
  t.equal(await old(), 401)
})

t.test('a credential that is not Okta\'s for this endpoint is 401 and has no effect, whatever is wrong with it', async t => {
  const { logOut, old, issuer, app, log } = await build(t)
  const { origin } = issuer
  const differing = (difference: TokenDifference): string => logoutToken(origin, difference)
  const credentials: Record<string, string> = {
    'an access token of the user': issuer.mint(),
    'an access token with the type of a credential': issuer.mint({ header: { typ: 'global-token-revocation+jwt' } }),
    'a security event token': securityEventToken(origin, sessionRevoked(origin, ADA), { claims: { aud: LOGOUT_URL, sub: LOGOUT_CLIENT, exp: nowSeconds() + 300 } }),
    'no type': differing({ header: { typ: undefined } }),
    'the type JWT': differing({ header: { typ: 'JWT' } }),
    'a type that only begins like it': differing({ header: { typ: 'global-token-revocation+jwt;v=2' } }),
    'none as its algorithm': differing({ header: { alg: 'none' }, sign: () => '' }),
    HS256: differing({ header: { alg: 'HS256' } }),
    RS512: differing({ header: { alg: 'RS512' } }),
    'a key of its own in the header': differing({ header: { jwk: orgKey.jwk } }),
    'an address of keys in the header': differing({ header: { jku: 'http://127.0.0.1:9/keys' } }),
    crit: differing({ header: { crit: ['exp'] } }),
    'no kid': differing({ header: { kid: undefined } }),
    'a forged signature': differing({ key: foreignKey }),
    'the key of the custom authorization server': differing({ key: usualKey }),
    'that key under the name of the org\'s': differing({ key: usualKey, header: { kid: orgKey.kid } }),
    'another org': differing({ claims: { iss: 'https://other.okta.com' } }),
    'no issuer': differing({ claims: { iss: undefined } }),
    'an issuer with a slash at the end': differing({ claims: { iss: `${origin}/` } }),
    'another audience': differing({ claims: { aud: `${PUBLIC_URL}/okta/events` } }),
    'a slash at the end of the audience': differing({ claims: { aud: `${LOGOUT_URL}/` } }),
    'a query in the audience': differing({ claims: { aud: `${LOGOUT_URL}?x=1` } }),
    'the audience as it was received': differing({ claims: { aud: `http://localhost:80${PATH}` } }),
    'a second audience': differing({ claims: { aud: [LOGOUT_URL, 'https://other.example'] } }),
    'another client': differing({ claims: { sub: '0oaanotherclient0001' } }),
    'no client': differing({ claims: { sub: undefined } }),
    'no jti': differing({ claims: { jti: undefined } }),
    'a jti that is a number': differing({ claims: { jti: 7 } }),
    'no iat': differing({ claims: { iat: undefined } }),
    'no exp': differing({ claims: { exp: undefined } }),
    'an exp that is a string': differing({ claims: { exp: String(nowSeconds() + 300) } }),
    expired: differing({ claims: { iat: nowSeconds() - 400, exp: nowSeconds() - 31 } }),
    'not valid yet': differing({ claims: { nbf: nowSeconds() + 60 } }),
    'issued in the future': differing({ claims: { iat: nowSeconds() + 60 } }),
    'a life of a day': differing({ claims: { exp: nowSeconds() + 86_400 } }),
    'two members of one name': differing({ claimsText: `{"sub":"x","iss":"${origin}","sub":"${LOGOUT_CLIENT}"}` }),
    'a text': 'x',
    'too long': differing({ claims: { more: 'x'.repeat(20_000) } })
  }
  const fetches = issuer.requests.length
  for (const [title, credential] of Object.entries(credentials)) {
    const response = await logOut(credential)
    t.match(response.json(), { statusCode: 401, code: 'FST_OKTA_INVALID_LOGOUT_TOKEN', message: 'only Okta may do this' }, title)
    t.equal(response.headers['www-authenticate'], 'Bearer realm="okta", error="invalid_token"', title)
  }
  t.ok(issuer.requests.slice(fetches).every(({ url }) => url.startsWith('/oauth2/v1/keys')), 'nothing but the org\'s keys is fetched')
  t.equal((await logOut(null)).headers['www-authenticate'], 'Bearer realm="okta"')
  t.equal((await app.inject({ method: 'POST', url: PATH, headers: { authorization: 'Basic eDp5', 'content-type': 'application/json' }, payload: '{}' })).statusCode, 401)
  t.equal(await old(), 200)
  t.notOk(log.some(({ source }) => source !== undefined))
})

t.test('the credential is checked before the body is read', async t => {
  const { app, logOut, old } = await build(t)
  for (const [body, headers] of [['{', {}], ['x'.repeat(100_000), {}], ['<x/>', { 'content-type': 'application/xml' }]] as const) {
    t.equal((await logOut('x', body, headers)).statusCode, 401)
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const status = await new Promise((resolve, reject) => {
    // Announces a body that never comes.
    const sent = request({ port, path: PATH, method: 'POST', headers: { authorization: 'Bearer x', 'content-type': 'application/json', 'content-length': 50 } }, response => {
      resolve(response.statusCode)
      sent.destroy()
    }).on('error', reject)
    sent.flushHeaders()
  })
  t.equal(status, 401)
  t.equal(await old(), 200)
})

t.test('a credential is good for one request, and two Authorization headers are refused', async t => {
  const { app, logOut, issuer, bodyOf } = await build(t)
  const credential = logoutToken(issuer.origin)
  t.equal((await logOut(credential, '{')).statusCode, 400, 'it is used up by a body that is malformed')
  t.equal((await logOut(credential)).statusCode, 401)
  const another = logoutToken(issuer.origin)
  const both = await Promise.all([logOut(another), logOut(another, bodyOf('00ugracehopper000001'))])
  t.same(both.map(({ statusCode }) => statusCode).sort(), [204, 401])

  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const value = `Bearer ${logoutToken(issuer.origin)}`
  const status = await new Promise((resolve, reject) => {
    request({ port, path: PATH, method: 'POST', headers: ['Host', 'x', 'Content-Type', 'application/json', 'Authorization', value, 'Authorization', value] },
      response => { resolve(response.resume().statusCode) }).on('error', reject).end(JSON.stringify(bodyOf()))
  })
  t.equal(status, 401)
})

t.test('a body that does not name one subject in one format is 400 and has no effect', async t => {
  const { logOut, old, bodyOf, issuer } = await build(t)
  const { sub_id: subject } = bodyOf()
  const bodies: Record<string, unknown> = {
    'no JSON': '{"sub_id":',
    empty: '',
    'an array': [],
    null: 'null',
    'no subject': {},
    'a subject that is a string': { sub_id: ADA },
    'a subject that is an array': { sub_id: [subject] },
    'a member that is not known': { ...bodyOf(), reason: 'x' },
    'no format': { sub_id: { ...subject, format: undefined } },
    'an unknown format': { sub_id: { format: 'phone_number', phone_number: '+12065550100' } },
    'a format of every object': { sub_id: { format: 'constructor' } },
    'members of two formats': { sub_id: { ...subject, email: 'ada@example.com' } },
    'a member too few': { sub_id: { format: 'iss_sub', sub: ADA } },
    'an empty id': { sub_id: { ...subject, sub: '' } },
    'an id that is a number': { sub_id: { ...subject, sub: 7 } },
    'a line break in an address': { sub_id: { format: 'email', email: 'ada@example.com\n' } },
    'an address without an @': { sub_id: { format: 'email', email: 'ada' } },
    'two members of one name': `{"sub_id":{"format":"iss_sub","iss":"${issuer.origin}","sub":"00ux","sub":"${ADA}"}}`,
    'deeper than any subject': `{"sub_id":${'['.repeat(2000)}${']'.repeat(2000)}}`
  }
  for (const [title, body] of Object.entries(bodies)) {
    t.match((await logOut(undefined, body)).json(), { statusCode: 400, code: 'FST_OKTA_INVALID_LOGOUT_REQUEST' }, title)
  }
  t.equal((await logOut(undefined, { sub_id: { ...subject, sub: 'x'.repeat(100_000) } })).statusCode, 413)
  t.equal((await logOut(undefined, '<x/>', { 'content-type': 'application/xml' })).statusCode, 415)
  t.equal((await logOut(undefined, 'x=1', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode, 415)
  t.equal(await old(), 200)
})

t.test('a subject of another issuer is 404 and has no effect', async t => {
  const { logOut, old, bodyOf } = await build(t)
  for (const iss of ['https://other.okta.com', 'https://other.okta.com/oauth2/default']) {
    t.match((await logOut(undefined, { sub_id: { ...bodyOf().sub_id, iss } })).json(), { statusCode: 404, code: 'FST_OKTA_UNKNOWN_SUBJECT' })
  }
  t.equal(await old(), 200)
})

t.test('while the keys of the org cannot be fetched it is 503 and not 401, and works afterwards with the same credential', async t => {
  const { issuer: quiet } = await build(t)
  quiet.faults.set('/oauth2/v1/keys', hangUp)
  const { logOut, old } = await build(t, { issuer: quiet })
  const credential = logoutToken(quiet.origin)
  const response = await logOut(credential)
  t.match(response.json(), { statusCode: 503, code: 'FST_OKTA_ISSUER_UNAVAILABLE' })
  t.match(response.headers['retry-after'], /^[1-9]\d*$/)
  t.equal(await old(), 200)

  quiet.faults.clear()
  await new Promise(resolve => { setTimeout(resolve, 5) })
  t.equal((await logOut(credential)).statusCode, 204)
  t.equal(await old(), 401)
})

t.test('processes that share a store use a credential once; a store that fails leaves it to each', async t => {
  const used = new Set<string>()
  let isAvailable = true
  const store = {
    use: async (key: string) => {
      if (!isAvailable) throw new Error('the store is unavailable')
      return !used.has(key) && used.add(key).has(key)
    },
    release: async (key: string) => { used.delete(key) }
  }
  const universalLogout = { clientId: LOGOUT_CLIENT, store }
  const one = await build(t, { okta: { publicUrl: PUBLIC_URL, universalLogout } })
  const other = await build(t, { issuer: one.issuer, okta: { publicUrl: PUBLIC_URL, universalLogout } })
  const credential = logoutToken(one.issuer.origin)
  t.equal((await one.logOut(credential)).statusCode, 204)
  t.equal((await other.logOut(credential)).statusCode, 401)

  isAvailable = false
  const another = logoutToken(one.issuer.origin)
  t.same([(await one.logOut(another)).statusCode, (await other.logOut(another)).statusCode, (await one.logOut(another)).statusCode], [204, 204, 401])
})

t.test('a store that never answers does not keep a user from being signed out', async t => {
  const store = { use: async () => await new Promise<boolean>(() => {}), release: async () => {} }
  const { logOut, old } = await build(t, { okta: { publicUrl: PUBLIC_URL, universalLogout: { clientId: LOGOUT_CLIENT, store } } })
  t.equal((await logOut()).statusCode, 204)
  t.equal(await old(), 401)
})

t.test('a path and an audience of one\'s own are accepted, below the prefix of the scope', async t => {
  const { issuer } = await build(t)
  const { default: Fastify } = await import('fastify')
  const { default: fastifyOkta } = await import('fastify-okta')
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(async scope => {
    await scope.register(fastifyOkta, { issuer: issuer.url, audience: 'api://default', publicUrl: PUBLIC_URL, universalLogout: { clientId: LOGOUT_CLIENT, path: '/sign-out' } })
  }, { prefix: '/api' })
  const logOut = async (aud: string): Promise<number> => (await app.inject({
    method: 'POST',
    url: '/api/sign-out',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${logoutToken(issuer.origin, { claims: { aud } })}` },
    payload: { sub_id: { format: 'opaque', id: ADA } }
  })).statusCode
  t.equal(await logOut(`${PUBLIC_URL}/api/sign-out`), 204)
  t.equal(await logOut(LOGOUT_URL), 401)
})

t.test('a guard of the whole application lets Okta\'s requests pass, and nothing of this is there without the option', async t => {
  const { logOut } = await build(t, {
    before: app => { app.register(async scope => { scope.log.info('none') }) },
    routes: app => { app.addHook('onRequest', app.okta.authenticate) }
  })
  t.equal((await logOut()).statusCode, 204)
  const without = await build(t, { okta: { universalLogout: undefined, securityEvents: { audience: STREAM_AUDIENCE } } })
  t.equal((await without.logOut()).statusCode, 404)
  t.ok(nextKey)
})
