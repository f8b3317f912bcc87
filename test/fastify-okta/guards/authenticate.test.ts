import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { buildApplication, type Application } from '../../kit/application.js'
import { ADA, CLIENT, CLIENT_CREDENTIALS, GROUP, type TokenDifference } from '../../kit/access-token.js'
import { Issuer } from '../../kit/issuer.js'
import { GRACE, restore, startOrg } from '../../kit/org.js'
import type { DirectoryOptions } from 'fastify-okta'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

/** An application whose directory is the org, and whose tokens come from an issuer beside it. */
async function buildWithDirectory (t: Test, directory: Partial<DirectoryOptions> = {}, routes?: (app: FastifyInstance) => void): Promise<Application> {
  const options = { token: org.apiToken, orgUrl: org.orgUrl, cooldownMs: 1, ...directory } as DirectoryOptions
  return await buildApplication(t, { okta: { directory: options }, ...(routes === undefined ? {} : { routes }) })
}

t.test('claims and user are null before, and on a route without a guard', async t => {
  const { ask } = await buildApplication(t, {
    routes: app => {
      app.addHook('onRequest', async request => { t.strictSame([request.claims, request.oktaUser], [null, null]) })
    }
  })

  t.same((await ask('/open')).json(), { claims: null, oktaUser: null })
})

t.test('claims are there after, deeply frozen, on the first request with a token and on later ones', async t => {
  const seen: unknown[] = []
  const { ask, issuer } = await buildApplication(t, {
    routes: app => {
      app.get('/frozen', { onRequest: app.okta.authenticate }, async ({ claims }) => {
        seen.push(claims)
        t.ok(Object.isFrozen(claims))
        t.ok(Object.isFrozen(claims?.scp))
        t.equal(Object.getPrototypeOf(claims), null)
        t.throws(() => { (claims as unknown as { sub: string }).sub = 'grace' }, TypeError)
        return 'a'
      })
    }
  })
  const token = issuer.mint()
  for (let i = 0; i < 3; i++) t.equal((await ask('/frozen', token)).statusCode, 200)
  t.equal(new Set(seen).size, 1)
  t.equal(issuer.fetches, 1)
})

t.test('identify accepts a request without credentials, and refuses one with bad credentials', async t => {
  const { app, ask } = await buildApplication(t)

  t.same((await app.inject('/anybody')).json(), { claims: null, oktaUser: null })
  t.match((await ask('/anybody')).json(), { claims: { sub: 'ada@example.com' } })
  t.match(await ask('/anybody', { claims: { exp: 1 } }), { statusCode: 401, headers: { 'www-authenticate': [/invalid_token/] } })
  t.equal((await app.inject({ url: '/anybody', headers: { authorization: 'Bearer' } })).statusCode, 400)
  t.match(await app.inject({ url: '/anybody', headers: { authorization: 'Basic YTpi' } }), { statusCode: 401, headers: { 'www-authenticate': ['Bearer realm="okta"'] } })
})

t.test('guards one after the other authenticate once', async t => {
  const { issuer, ask, app } = await buildWithDirectory(t, { userCacheTtlMs: 0 }, app => {
    const { okta } = app
    app.get('/many', { onRequest: [okta.identify, okta.authenticate, okta.requireScope('openid'), okta.requireGroup(GROUP), okta.requireAuthentication({ maxAgeSeconds: 60 })] }, async ({ oktaUser }) => oktaUser?.id)
  })

  t.equal((await ask('/many')).body, ADA)
  t.equal(org.requests.filter(({ path }) => path.startsWith('/api/v1/users/')).length, 2, 'the user and the groups')
  t.match(await app.inject('/many'), { statusCode: 401 }, 'identify lets nobody through to the next')
  t.equal(issuer.fetches, 1)
})

t.test('each guard authenticates by itself', async t => {
  const { app, ask } = await buildApplication(t, {
    routes: app => { app.get('/recent', { onRequest: app.okta.requireAuthentication({ maxAgeSeconds: 60 }) }, async () => 'a') }
  })
  for (const url of ['/me', '/greet', '/write', '/recent']) {
    t.equal((await app.inject(url)).statusCode, 401, url)
    t.equal((await ask(url, { claims: { exp: 1 } })).statusCode, 401, url)
  }
  t.equal((await ask('/recent')).statusCode, 200)
  t.match(await ask('/recent', { claims: { auth_time: 1 } }), {
    statusCode: 401, headers: { 'www-authenticate': [/error="insufficient_user_authentication".*, max_age="60"/] }
  })
})

t.test('a guard decides from memory as it did the first time', async t => {
  const { issuer, ask } = await buildApplication(t)
  const [member, stranger] = [issuer.mint({ claims: { groups: [GROUP] } }), issuer.mint({ claims: { groups: [] } })]
  const [wide, narrow] = [issuer.mint({ claims: { scp: ['profile', 'profile:write'] } }), issuer.mint({ claims: { scp: ['profile'] } })]
  for (let i = 0; i < 3; i++) {
    t.equal((await ask('/greet', member)).statusCode, 200)
    t.equal((await ask('/greet', stranger)).statusCode, 403)
    t.equal((await ask('/write', wide)).statusCode, 200)
    t.equal((await ask('/write', narrow)).statusCode, 403)
  }
})

t.test('with a directory the user is there after, frozen', async t => {
  const { ask } = await buildWithDirectory(t, {}, app => {
    app.get('/user', { onRequest: app.okta.authenticate }, async ({ oktaUser }) => {
      t.ok(Object.isFrozen(oktaUser))
      t.ok(Object.isFrozen(oktaUser?.profile))
      return oktaUser
    })
  })
  for (let i = 0; i < 2; i++) t.match((await ask('/user')).json(), { id: ADA, status: 'ACTIVE', profile: { firstName: 'Ada' } })
  t.equal(org.requests.filter(({ path }) => path.startsWith('/api/v1/users/')).length, 2)
})

t.test('a user who was removed from the group is refused, whatever an old token says', async t => {
  const { app, issuer, ask } = await buildWithDirectory(t)
  const token = issuer.mint({ claims: { groups: [GROUP] } })
  t.equal((await ask('/greet', token)).statusCode, 200)
  org.groups.removeUser(GROUP, ADA)
  app.okta.directory?.invalidate(ADA)
  t.match(await ask('/greet', token), { statusCode: 403 })
  t.equal((await ask('/me', token)).statusCode, 200)

  org.groups.addUser(org.groups.create({ name: GROUP, type: 'APP_GROUP' }).id, ADA)
  app.okta.directory?.invalidateAll()
  t.equal((await ask('/greet', token)).statusCode, 403, 'an imported group of that name does not count')
})

t.test('a user who is not active is refused everywhere, with a good token, at first and from memory', async t => {
  for (const status of ['STAGED', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED'] as const) {
    t.test(status, async t => {
      org.users.setStatus(ADA, status)
      const { issuer, ask } = await buildWithDirectory(t)
      const token = issuer.mint()
      for (const url of ['/me', '/anybody', '/greet', '/me']) {
        const response = await ask(url, token)
        t.match(response, { statusCode: 403, headers: { 'cache-control': 'no-store', 'www-authenticate': undefined } }, url)
        t.match(response.json(), { code: 'FST_OKTA_USER_INACTIVE', message: 'the user is not active' })
      }
      org.users.setStatus(ADA, 'ACTIVE')
    })
  }
})

t.test('a user that the directory does not know is refused', async t => {
  const { ask } = await buildWithDirectory(t)
  for (const uid of ['00unobody00000000001', 'ada@example.com', '../groups', 'me']) {
    for (let i = 0; i < 2; i++) t.equal((await ask('/me', { claims: { uid } })).json().code, 'FST_OKTA_USER_INACTIVE', uid)
  }
})

t.test('users with the same login are distinguished by id', async t => {
  const { ask } = await buildWithDirectory(t)
  const { oktaUser } = (await ask('/me', { claims: { uid: GRACE, sub: 'ada@example.com' } })).json()

  t.equal(oktaUser.id, GRACE)
})

t.test('a client that acts for itself has no user, and is in no group', async t => {
  const { ask } = await buildWithDirectory(t)
  const claims = { ...CLIENT_CREDENTIALS, groups: [GROUP], scp: ['profile', 'profile:write'] }

  t.match((await ask('/me', { claims })).json(), { claims: { sub: CLIENT }, oktaUser: null })
  t.match((await ask('/greet', { claims })), { statusCode: 403 })
  t.equal((await ask('/write', { claims })).statusCode, 200)
  t.notOk(org.requests.some(({ path }) => path.startsWith('/api/v1/users/')), 'the directory is not asked')

  const withoutDirectory = await buildApplication(t)
  t.equal((await withoutDirectory.ask('/greet', { claims })).statusCode, 403)
})

t.test('an unavailable directory is 503 with Retry-After and no challenge, for users who are not in memory', async t => {
  const { issuer, ask } = await buildWithDirectory(t, { timeoutMs: 2000, cooldownMs: 1500 })
  const [ada, grace] = [issuer.mint(), issuer.mint({ claims: { uid: GRACE } })]
  t.equal((await ask('/greet', ada)).statusCode, 200)
  org.faults.add({ path: /^\/api\//, hang: true })
  for (let i = 0; i < 2; i++) {
    const response = await ask('/me', grace)
    t.match(response, { statusCode: 503, headers: { 'retry-after': '2', 'cache-control': 'no-store', 'www-authenticate': undefined } })
    t.match(response.json(), { code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', message: 'the user directory cannot be reached now' })
  }
  t.equal((await ask('/greet', ada)).statusCode, 200)
})

t.test('a request that is refused has neither claims nor user, whatever refused it', async t => {
  const seen: unknown[] = []
  const { issuer, ask, app } = await buildWithDirectory(t, {}, app => {
    app.addHook('onSend', async ({ claims, oktaUser }) => { seen.push(claims, oktaUser) })
    app.get('/watched', { onRequest: app.okta.authenticate }, async () => 'a')
  })
  const bound = issuer.mint({ claims: { cnf: { jkt: 'a'.repeat(43) } } })
  const refused: Array<[string | TokenDifference, number]> = [
    [{ claims: { exp: 1 } }, 401], [`${issuer.mint().slice(0, -8)}AAAAAAAA`, 401], [bound, 401], [bound, 401], [{ claims: { uid: 'nobody' } }, 403]
  ]
  for (const [token, statusCode] of refused) t.equal((await ask('/watched', token)).statusCode, statusCode)
  org.users.setStatus(GRACE, 'SUSPENDED')
  t.equal((await ask('/watched', { claims: { uid: GRACE } })).statusCode, 403)
  org.faults.add({ path: /^\/api\//, status: 500 })
  t.equal((await ask('/watched')).statusCode, 503)

  t.same(new Set(seen), new Set([null]))
  t.equal((await app.inject('/watched')).statusCode, 401)
})

t.test('nothing is carried from one request of a connection to the next', async t => {
  const { app, issuer } = await buildApplication(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const requestOf = (path: string, token?: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\n${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`
  const token = issuer.mint()
  const answers = await pipeline(app, [requestOf('/me', token), requestOf('/me'), requestOf('/anybody'), requestOf('/open'), requestOf('/me', token)])

  t.same(answers.map(answer => /^HTTP\/1.1 (\d+)/.exec(answer)?.[1]), ['200', '401', '200', '200', '200'])
  t.match(answers[2], /\{"claims":null,"oktaUser":null\}$/)
  t.match(answers[3], /\{"claims":null,"oktaUser":null\}$/)
})

t.test('requests at one time do not get in each other\'s way', async t => {
  const { issuer, ask } = await buildWithDirectory(t)
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) =>
    await ask('/me', issuer.mint({ claims: { uid: i % 2 === 0 ? ADA : GRACE, sub: `user-${i}` } }))))

  for (const [i, answer] of answers.entries()) {
    t.match(answer.json(), { claims: { sub: `user-${i}` }, oktaUser: { id: i % 2 === 0 ? ADA : GRACE } })
  }
})

t.test('credentials that come twice are refused', async t => {
  const { app, issuer } = await buildApplication(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const header = `Authorization: Bearer ${issuer.mint()}\r\n`
  const [twice, inQuery] = await pipeline(app, [
    `GET /me HTTP/1.1\r\nHost: a\r\n${header}${header}\r\n`,
    `GET /me?access_token=a HTTP/1.1\r\nHost: a\r\n${header}\r\n`
  ])
  t.match(twice, /^HTTP\/1.1 400 .*error="invalid_request", error_description="the Authorization header is sent more than once"/s)
  t.match(inQuery, /^HTTP\/1.1 400 .*credentials are sent in more than one way/s)
  t.equal((await app.inject(`/me?access_token=${issuer.mint()}`)).statusCode, 401, 'a query parameter alone is no credential')
})

t.test('an issuer that is asked about its tokens is asked, and no key is', async t => {
  const issuer = await Issuer.start(t)
  const { ask } = await buildApplication(t, {
    issuer, okta: { introspection: { clientId: 'a', clientSecret: 'b' } }
  })
  const { scp, cid, ...claims } = issuer.claims()
  issuer.introspectionAnswer = (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ active: true, ...claims, client_id: cid, scope: 'profile profile:write' })) }

  for (let i = 0; i < 3; i++) t.equal((await ask('/write', 'opaque')).statusCode, 200)
  t.equal(issuer.requests.length, 1)
  issuer.introspectionAnswer = (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":false}') }
  t.match(await ask('/me', 'revoked'), { statusCode: 401, headers: { 'www-authenticate': [/invalid_token/] } })
  issuer.introspectionAnswer = (_request, response) => { response.writeHead(500).end() }
  t.match(await ask('/me', 'other'), { statusCode: 503, headers: { 'retry-after': '1' } })
  t.equal(issuer.fetches, 0)
})

/** Sends requests over one connection, each after the answer to the one before. */
async function pipeline (app: FastifyInstance, requests: readonly string[]): Promise<string[]> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  const answers: string[] = []
  for (const request of requests) {
    socket.write(request)
    let answer = ''
    while (!isWhole(answer)) answer += String(await new Promise<Buffer>((resolve, reject) => { socket.once('data', resolve).once('error', reject) }))
    answers.push(answer)
  }
  socket.destroy()
  return answers
}

function isWhole (answer: string): boolean {
  const [head = '', body] = answer.split('\r\n\r\n')
  return body !== undefined && Buffer.byteLength(body) >= Number(/content-length: (\d+)/i.exec(head)?.[1])
}
