import Fastify from 'fastify'
import t from 'tap'
import fastifyOkta from 'fastify-okta'
import { parametersOf, readChallenges } from './challenge.js'
import { AUDIENCE } from '../kit/access-token.js'
import { Issuer, json } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'
import { askBySocket, protect, PUBLIC_URL, refusesToken } from './protected-resource.js'

t.test('section 2: credentials that are sent in more than one way are refused as an invalid request', async t => {
  const { app, issuer } = await protect(t)
  const accessToken = issuer.mint()
  const authorization = `Bearer ${accessToken}`
  const answers = {
    'in the header and the query': await askBySocket(app, `/claims?access_token=${accessToken}`, [['Authorization', authorization]]),
    'in two headers': await askBySocket(app, '/claims', [['Authorization', authorization], ['Authorization', authorization]]),
    'in a header, and another of another scheme': await askBySocket(app, '/claims', [['Authorization', authorization], ['authorization', 'Basic YTpi']]),
    'in two headers that a proxy joined': await askBySocket(app, '/claims', [['Authorization', `${authorization}, ${authorization}`]])
  }
  for (const [title, { statusCode, headers }] of Object.entries(answers)) {
    t.equal(statusCode, 400, title)
    t.match(parametersOf(headers['www-authenticate']), { error: 'invalid_request' }, title)
  }
})

t.test('section 2.1: a token in the Authorization request header is accepted', async t => {
  const { ask } = await protect(t)
  const response = await ask({})

  t.equal(response.statusCode, 200)
  t.match(response.json(), { sub: 'ada@example.com' })
})

t.test('section 2.1: the name of the scheme is read in any case', async t => {
  const { app, issuer } = await protect(t)
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
    t.equal((await app.inject({ url: '/claims', headers: { authorization: `${scheme} ${issuer.mint()}` } })).statusCode, 200, scheme)
  }
})

t.test('section 2.1: what follows the scheme must be one b64token and nothing else', async t => {
  const { app, issuer } = await protect(t)
  const accessToken = issuer.mint()
  const malformed = [
    'Bearer', 'Bearer ', 'Bearer    ', `Bearer\t${accessToken}`, `Bearer ${accessToken} again`, `Bearer ${accessToken},${accessToken}`,
    `Bearer "${accessToken}"`, `Bearer token=${accessToken}`, 'Bearer a=b', 'Bearer =', 'Bearer {}', 'Bearer a b', 'Bearer ä'
  ]
  for (const authorization of malformed) {
    const { statusCode, headers } = await app.inject({ url: '/claims', headers: { authorization } })
    t.equal(statusCode, 400, authorization.slice(0, 20))
    t.match(parametersOf(headers['www-authenticate']), { error: 'invalid_request' })
  }
})

t.test('section 2.2: a token in a form-encoded body is not a credential', async t => {
  const { app, issuer } = await protect(t)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await app.inject({ method: 'POST', url: '/claims', headers: form, payload: `access_token=${issuer.mint()}` })

  t.equal(response.statusCode, 401)
  t.strictSame(parametersOf(response.headers['www-authenticate']), { realm: 'okta' })
})

t.test('section 2.3: a token in the query is not a credential', async t => {
  const { app, issuer } = await protect(t)
  const response = await app.inject({ url: '/claims', query: { access_token: issuer.mint() } })

  t.equal(response.statusCode, 401)
  t.strictSame(parametersOf(response.headers['www-authenticate']), { realm: 'okta' })
})

t.test('section 3: a request without credentials is challenged, without an error code', async t => {
  const { app } = await protect(t)
  const answers = {
    none: await app.inject('/claims'),
    'of another scheme': await app.inject({ url: '/claims', headers: { authorization: 'Basic YTpi' } }),
    'of a scheme that begins like ours': await app.inject({ url: '/claims', headers: { authorization: 'Bearerish abc' } }),
    'in a cookie': await app.inject({ url: '/claims', headers: { cookie: 'access_token=abc' } })
  }
  for (const [title, { statusCode, headers }] of Object.entries(answers)) {
    t.equal(statusCode, 401, title)
    t.strictSame(readChallenges(headers['www-authenticate']), [{ scheme: 'Bearer', parameters: [['realm', 'okta']] }], title)
  }
})

t.test('section 3: a challenge names the scheme Bearer, has at least one parameter, and none twice', async t => {
  const { app, ask } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const answers = [
    await app.inject('/claims'), await app.inject({ url: '/claims', headers: { authorization: 'Bearer' } }),
    await ask('no token'), await ask({ claims: { aud: 'api://other' } }), await ask({}, '/write'), await ask({}, '/strong-and-recent')
  ]
  for (const { headers } of answers) {
    const challenges = readChallenges(headers['www-authenticate'])
    t.equal(challenges[0]?.scheme, 'Bearer')
    for (const { parameters } of challenges) {
      const names = parameters.map(([name]) => name)
      t.ok(names.length >= 1)
      t.equal(new Set(names).size, names.length, names.join(' '))
    }
  }
})

t.test('section 3: the realm is the one that the service is given', async t => {
  const { app } = await protect(t, { plugin: { realm: 'greetings' } })
  t.strictSame(parametersOf((await app.inject('/claims')).headers['www-authenticate']), { realm: 'greetings' })
})

t.test('section 3: error, error_description and scope hold the characters that are allowed in them, whatever was sent', async t => {
  const { app, ask } = await protect(t)
  const hostile = ['"', '\\', 'é', '\t', '", realm="evil', '%0d%0aSet-Cookie: a=b']
  const answers = [await ask({}, '/write'), await ask('a.b.c')]
  for (const text of hostile) {
    answers.push(
      await ask({ claims: { scp: [text], sub: text } }, '/write'),
      await ask({ header: { kid: text } }),
      await ask({ claims: { iss: text } }),
      await app.inject({ url: '/claims', headers: { authorization: `Bearer ${text}` } })
    )
  }
  for (const { headers } of answers) {
    const { error, error_description: description = '', scope = '' } = parametersOf(headers['www-authenticate']) ?? {}
    t.match(error, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    t.match(description, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    t.match(scope, /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
    t.notOk(headers['set-cookie'])
  }
})

t.test('section 3: credentials that were sent and refused are answered with an error code', async t => {
  const { ask } = await protect(t)
  for (const url of ['/claims', '/public', '/write', '/greet', '/strong']) refusesToken(t, await ask({ claims: { aud: 'api://other' } }, url), url)
})

t.test('section 3.1: a malformed request is 400 with invalid_request', async t => {
  const { app } = await protect(t)
  const response = await app.inject({ url: '/claims', headers: { authorization: 'Bearer a b' } })

  t.equal(response.statusCode, 400)
  t.match(parametersOf(response.headers['www-authenticate']), { error: 'invalid_request', error_description: /malformed/ })
})

t.test('section 3.1: a token that is expired, malformed or invalid for another reason is 401 with invalid_token', async t => {
  const { ask } = await protect(t)
  const aMinuteAgo = Math.floor(Date.now() / 1000) - 60
  refusesToken(t, await ask({ claims: { iat: aMinuteAgo - 60, exp: aMinuteAgo } }), 'expired')
  refusesToken(t, await ask('abc'), 'malformed')
  refusesToken(t, await ask({ key: foreignKey }), 'signed by a stranger')
  refusesToken(t, await ask({ claims: { aud: 'api://other' } }), 'meant for another audience')
})

t.test('section 3.1: a revoked token is 401 with invalid_token where the issuer is asked', async t => {
  const issuer = await Issuer.start(t)
  const { ask } = await protect(t, { issuer, introspection: { clientId: 'resource', clientSecret: 'swordfish' } })
  issuer.introspectionAnswer = json(200, { active: false })

  refusesToken(t, await ask({}), 'the issuer says that it is not active')
})

t.test('section 3.1: a token whose scope is too narrow is 403 with insufficient_scope and the scope that is needed', async t => {
  const { ask } = await protect(t)
  const narrow = await ask({ claims: { scp: ['profile:read'] } }, '/write')
  const wide = await ask({ claims: { scp: ['profile:write', 'openid', 'profile:read'] } }, '/write')

  t.equal(narrow.statusCode, 403)
  t.match(parametersOf(narrow.headers['www-authenticate']), { error: 'insufficient_scope', scope: 'profile:read profile:write' })
  t.equal(wide.statusCode, 200)
})

t.test('section 3.1: a refusal that a wider token would not help is 403 without an error code', async t => {
  const { ask } = await protect(t)
  const response = await ask({ claims: { groups: ['Others'] } }, '/greet')

  t.equal(response.statusCode, 403)
  t.notOk(response.headers['www-authenticate'], 'no challenge')
})

t.test('section 3.1: an unavailable issuer is 503, never invalid_token', async t => {
  const issuer = await Issuer.start(t)
  await issuer.stop()
  const { ask } = await protect(t, { issuer })
  const response = await ask({})

  t.equal(response.statusCode, 503)
  t.match(response.headers['retry-after'], /^[1-9]\d*$/)
  t.notOk(response.headers['www-authenticate'])
})

t.test('section 5.2: a token whose content was changed after it was signed is refused', async t => {
  const { ask, issuer } = await protect(t)
  const [header, , signature] = issuer.mint().split('.')
  const [, claims] = issuer.mint({ claims: { groups: ['Greeters'] } }).split('.')

  refusesToken(t, await ask(`${header}.${claims}.${signature}`, '/greet'), 'the claims of another token')
})

t.test('section 5.2: a token for another resource server is refused', async t => {
  const { ask } = await protect(t)
  for (const aud of ['api://other', `${AUDIENCE}/`, AUDIENCE.toUpperCase(), `${AUDIENCE}2`, AUDIENCE.slice(0, -1), ['api://other'], [], '', undefined]) {
    refusesToken(t, await ask({ claims: { aud } }), JSON.stringify(aud) ?? 'none')
  }
})

t.test('section 5.2: answers to bad credentials are not to be stored', async t => {
  const { app, ask } = await protect(t)
  for (const response of [await app.inject('/claims'), await ask('abc'), await ask({}, '/write'), await ask({}, '/greet')]) {
    t.equal(response.headers['cache-control'], 'no-store')
  }
})

t.test('section 5.3: issuers and their keys are reached by TLS, except on the loopback', async t => {
  const plain = { issuer: 'http://dev-1.okta.com/oauth2/default', audience: AUDIENCE }
  const app = Fastify()
  t.teardown(async () => { await app.close() })

  await t.rejects(async () => { await app.register(fastifyOkta, plain) }, { name: 'TypeError', message: /issuer must be an https URL/ })
})

t.test('section 5.3: the lifetime of a token is limited, also against its own word', async t => {
  const { ask } = await protect(t, { plugin: { maxTokenLifetimeSeconds: 3600 } })
  const now = Math.floor(Date.now() / 1000)

  refusesToken(t, await ask({ claims: { iat: now, exp: now + 3601 } }), 'a second too long')
  t.equal((await ask({ claims: { iat: now, exp: now + 3600 } })).statusCode, 200)
})
