import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fastifyJwt from '@fastify/jwt'
import t from 'tap'
import { GROUP, encode, type TokenDifference } from '../../kit/access-token.js'
import { buildApplication, type Application } from '../../kit/application.js'
import { stopClock } from '../../kit/clock.js'
import { Issuer, json } from '../../kit/issuer.js'
import { numberOf } from '../../kit/rsa-number.js'
import { nextKey, strangersKey, usualKey } from '../../kit/signing-key.js'

const pem = usualKey.publicKey.export({ type: 'spki', format: 'pem' }) as string
const der = usualKey.publicKey.export({ type: 'spki', format: 'der' })

function hs256 (secret: string | Buffer): TokenDifference {
  return { header: { alg: 'HS256' }, sign: input => createHmac('sha256', secret).update(input).digest() }
}

async function isRefused ({ ask }: Application, token: string | TokenDifference): Promise<boolean> {
  const response = await ask('/me', token)
  return response.statusCode === 401 && /error="invalid_token", error_description="the access token is invalid"/.test(String(response.headers['www-authenticate']))
}

t.test('a token that the issuer signed is good, and others are not', async t => {
  const application = await buildApplication(t)
  const { issuer, ask } = application
  const good = issuer.mint()
  const [header, claims, signature] = good.split('.') as [string, string, string]
  const forged: Record<string, string | TokenDifference> = {
    'a stranger\'s signature': { key: strangersKey },
    'another key of the issuer\'s under this name': { key: nextKey, header: { kid: 'usual' } },
    'no signature': { sign: () => Buffer.alloc(0) },
    'a signature of zeros': { sign: () => Buffer.alloc(256) },
    'a cut signature': `${header}.${claims}.${signature.slice(0, -4)}`,
    'a longer signature': `${good}AAAA`,
    'the signature of another token': `${header}.${encode(JSON.stringify(issuer.claims({ sub: 'grace' })))}.${signature}`,
    'another header under the signature': `${encode(JSON.stringify({ alg: 'RS256', kid: 'usual', typ: 'JWT' }))}.${claims}.${signature}`,
    none: { header: { alg: 'none' }, sign: () => Buffer.alloc(0) },
    'a secret that is the key as PEM': hs256(pem),
    'a secret that is the key as PEM, trimmed': hs256(pem.trim()),
    'a secret that is the key as DER': hs256(der),
    'a secret that is the key as JWK': hs256(JSON.stringify(usualKey.jwk)),
    'a secret that is the modulus': hs256(Buffer.from(usualKey.jwk.n, 'base64url')),
    'an empty secret': hs256(''),
    'a key that comes along': { key: strangersKey, header: { jwk: strangersKey.jwk, jku: issuer.jwksUri, x5c: ['a'] } },
    'an unknown key': { header: { kid: 'other' } },
    'a duplicate member': { claimsText: JSON.stringify(issuer.claims()).replace('{', '{"sub":"grace",') }
  }
  t.equal((await ask('/me', good)).statusCode, 200)
  for (const [title, token] of Object.entries(forged)) t.ok(await isRefused(application, token), title)
  t.equal((await ask('/me', good)).statusCode, 200, 'and still is')
})

t.test('what is refused once is refused again', async t => {
  const application = await buildApplication(t)
  const token = application.issuer.mint({ key: strangersKey })
  for (let i = 0; i < 3; i++) t.ok(await isRefused(application, token))
})

t.test('request.jwtVerify() verifies what the header holds, whatever a guard or another call has verified before', async t => {
  const { issuer, ask } = await buildApplication(t, {
    routes: app => {
      app.get('/anew', { onRequest: app.okta.authenticate }, async request => {
        const subjects: unknown[] = []
        for (const token of [{}, { claims: { sub: 'grace' } }, { key: strangersKey }, { claims: { sub: 'joan' } }] as TokenDifference[]) {
          request.headers.authorization = `Bearer ${issuer.mint(token)}`
          subjects.push(await request.jwtVerify<{ sub: string }>().then(({ sub }) => sub, () => 'refused'))
        }
        return subjects
      })
    }
  })

  for (const token of [{ claims: { sub: 'alan' } }, { claims: { sub: 'alan' } }]) {
    t.same((await ask('/anew', token)).json(), ['ada@example.com', 'grace', 'refused', 'joan'])
  }
})

t.test('request.jwtVerify() says so where the issuer\'s keys cannot be had, and waits for them where they can', async t => {
  const issuer = await Issuer.start(t)
  issuer.keysAnswer = json(500, {})
  const { ask } = await buildApplication(t, {
    issuer,
    routes: app => {
      app.get('/verify', async request => await request.jwtVerify())
    }
  })

  t.match((await ask('/verify')).json(), { statusCode: 503, code: 'FST_OKTA_ISSUER_UNAVAILABLE' })
  issuer.keysAnswer = undefined
  await sleep(10)
  t.match((await ask('/verify')).json(), { sub: 'ada@example.com' })
})

t.test('why a token is refused is in the log and not in the answer', async t => {
  const reasons: string[] = []
  const { ask } = await buildApplication(t, {
    before: app => {
      app.addHook('onError', async (_request, _reply, error) => { reasons.push((error as unknown as { reason: string }).reason) })
    }
  })
  for (const token of [{ key: strangersKey }, { claims: { exp: 1 } }, { header: { alg: 'none' } }, { claims: { aud: 'a' } }, 'a.b.c'] as const) {
    const response = await ask('/me', token as string)
    t.match(response.json(), { statusCode: 401, code: 'FST_OKTA_INVALID_TOKEN', error: 'Unauthorized', message: 'the access token is invalid' })
  }
  t.same(reasons, ['signature', 'expired', 'algorithm', 'audience', 'malformed'])
})

t.test('a developer who sends an ID token, or a token of the org server, gets an answer that says so', async t => {
  const { issuer, ask } = await buildApplication(t)

  t.match((await ask('/me', { claims: { jti: 'ID.a' } })).json(), { message: 'this is an ID token: send the access token' })
  t.match((await ask('/me', { claims: { iss: issuer.origin } })).json(), {
    message: 'this access token is from the org authorization server: ask the custom authorization server for one'
  })
})

t.test('a weak key that the issuer publishes verifies nothing', async t => {
  const issuer = await Issuer.start(t)
  issuer.keys = [{ ...usualKey.jwk, e: numberOf(1) }, nextKey.jwk]
  const { ask } = await buildApplication(t, { issuer })
  const exponentOne = (input: string): Buffer => Buffer.from(input)

  t.equal((await ask('/me', { sign: exponentOne })).statusCode, 401)
  t.equal((await ask('/me', { key: nextKey })).statusCode, 200)
})

t.test('a token expires while it is remembered', async t => {
  const clock = stopClock(t)
  const { issuer, ask } = await buildApplication(t)
  const token = issuer.mint({ claims: { exp: clock.now() / 1000 + 10 } })
  t.equal((await ask('/me', token)).statusCode, 200)
  clock.advance(9999)
  t.equal((await ask('/me', token)).statusCode, 200)
  clock.advance(1)
  t.equal((await ask('/me', token)).statusCode, 401)
})

t.test('a token is no longer good when its key is gone from the issuer', async t => {
  const clock = stopClock(t)
  const { issuer, ask } = await buildApplication(t, { okta: { keysTtlMs: 60_000 } })
  const [token, other] = [issuer.mint(), issuer.mint({ key: nextKey })]
  t.equal((await ask('/me', token)).statusCode, 200)
  issuer.keys = [nextKey.jwk]
  clock.advance(60_000)
  t.equal((await ask('/me', other)).statusCode, 200)
  t.equal((await ask('/me', token)).statusCode, 401)

  issuer.keys = [{ ...strangersKey.jwk }, nextKey.jwk]
  clock.advance(60_000)
  t.equal((await ask('/me', other)).statusCode, 200)
  t.equal((await ask('/me', token)).statusCode, 401, 'nor when another key has its name')
  t.equal((await ask('/me', { key: strangersKey })).statusCode, 200, 'whose tokens are good from then on')
})

t.test('request.jwtVerify() verifies Okta\'s tokens', async t => {
  const { issuer, ask, app } = await buildApplication(t, {
    routes: app => {
      app.get('/verify', async request => await request.jwtVerify())
      app.get('/dpop', async request => await request.jwtVerify().catch((error: { code: string }) => error.code))
    }
  })

  t.match((await ask('/verify')).json(), { sub: 'ada@example.com' })
  t.match((await ask('/verify', { key: strangersKey })), { statusCode: 401 })
  t.match((await ask('/verify', { claims: { iss: 'https://other.example' } })), { statusCode: 401 })
  t.match(await app.inject('/verify'), { statusCode: 401 })
  t.equal(issuer.fetches, 1)
})

t.test('an application that has @fastify/jwt for tokens of its own keeps it', async t => {
  const { app, ask } = await buildApplication(t, {
    before: async app => { await app.register(fastifyJwt, { secret: 'a secret of their own, and long' }) },
    routes: app => {
      app.get('/own', async request => { await request.jwtVerify(); return request.user })
      app.get('/both', { onRequest: app.okta.authenticate }, async ({ claims, user }) => ({ sub: claims?.sub, user }))
    }
  })
  const own = app.jwt.sign({ name: 'own' })

  t.match((await ask('/own', own)).json(), { name: 'own' })
  t.equal((await ask('/me', own)).statusCode, 401)
  t.not((await ask('/own', {})).statusCode, 200)
  t.same((await ask('/both', {})).json(), { sub: 'ada@example.com', user: null })
  t.equal((await ask('/greet', { claims: { groups: [GROUP] } })).statusCode, 200)
  t.equal((await ask('/me', { key: strangersKey })).statusCode, 401)
})
