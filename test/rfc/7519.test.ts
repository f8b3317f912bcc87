import { createHmac } from 'node:crypto'
import t from 'tap'
import { AUDIENCE, encode } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'
import { protect, refusesToken } from './protected-resource.js'
import { nowSeconds } from '../kit/clock.js'

t.test('section 2: a NumericDate may have a fraction', async t => {
  const { ask } = await protect(t)
  t.equal((await ask({ claims: { iat: nowSeconds() - 0.5, exp: nowSeconds() + 60.25, nbf: nowSeconds() - 1.75 } })).statusCode, 200)
})

t.test('section 4: claims that are named twice are refused', async t => {
  const { ask, issuer } = await protect(t)
  const claims = JSON.stringify(issuer.claims())
  for (const twice of ['"sub":"grace@example.com"', '"groups":[],"groups":["Greeters"]', '"\\u0073ub":"grace@example.com"', '"x":{"a":1,"a":2}', '"x":[{"a":1,"a":2}]']) {
    refusesToken(t, await ask({ claimsText: `${claims.slice(0, -1)},${twice}}` }), twice)
  }
})

t.test('section 4: claims that are not understood are ignored, and reach the handler', async t => {
  const { ask } = await protect(t)
  const response = await ask({ claims: { 'https://example.com/tier': { name: 'gold' }, toString: 'x', then: null } })

  t.equal(response.statusCode, 200)
  t.match(response.json(), { 'https://example.com/tier': { name: 'gold' }, toString: 'x', then: null })
})

t.test('section 4: claims may be named like members that every object has', async t => {
  const issuer = await Issuer.start(t)
  const crossChecked = await protect(t, { issuer })
  const alone = await protect(t, { issuer, plugin: { secondOpinion: false } })
  for (const claim of [...Object.getOwnPropertyNames(Object.prototype).filter(name => name !== '__proto__'), 'toJSON', 'then', 'compact']) {
    for (const { ask } of [crossChecked, alone]) {
      const response = await ask({ claims: { [claim]: 'x' } })
      t.equal(response.statusCode, 200, claim)
      t.equal(response.json<Record<string, unknown>>()[claim], 'x', `${claim} is the one of the token`)
    }
  }
})

t.test('section 4.1.1: iss must be there and be exactly the issuer, one string', async t => {
  const { ask, issuer } = await protect(t)
  const { url } = issuer
  for (const iss of [undefined, null, '', `${url}/`, url.toUpperCase(), url.replace('http:', 'https:'), `${url}?`, new URL(url).origin, [url], [url, 'https://evil.example'], { url }, 1]) {
    refusesToken(t, await ask({ claims: { iss } }), JSON.stringify(iss) ?? 'none')
  }
})

t.test('section 4.1.2: sub must be a string that is not empty', async t => {
  const { ask } = await protect(t)
  for (const sub of [undefined, null, '', 1, ['ada@example.com'], {}, true]) refusesToken(t, await ask({ claims: { sub } }), JSON.stringify(sub) ?? 'none')
})

t.test('section 4.1.3: a token is refused unless this service is among its audience', async t => {
  const { ask } = await protect(t)
  for (const aud of [undefined, null, '', 1, {}, [], ['api://other'], [[AUDIENCE]], [AUDIENCE, 1], { 0: AUDIENCE }, `${AUDIENCE} api://other`, AUDIENCE.toUpperCase()]) {
    refusesToken(t, await ask({ claims: { aud } }), JSON.stringify(aud) ?? 'none')
  }
})

t.test('section 4.1.3: the audience may be one string or an array that has ours', async t => {
  const { ask } = await protect(t)
  for (const aud of [AUDIENCE, [AUDIENCE], ['api://other', AUDIENCE]]) t.equal((await ask({ claims: { aud } })).statusCode, 200, JSON.stringify(aud))
})

t.test('section 4.1.4: a token is refused on and after its expiration time, also one that was accepted before', async t => {
  const { ask, issuer } = await protect(t)
  const exp = nowSeconds() + 600
  const accessToken = issuer.mint({ claims: { exp } })
  const clock = { ms: Date.now() }
  t.intercept(Date, 'now', { value: () => clock.ms, configurable: true })

  t.equal((await ask(accessToken)).statusCode, 200, 'now')
  clock.ms = exp * 1000 - 1
  t.equal((await ask(accessToken)).statusCode, 200, 'a millisecond before')
  clock.ms = exp * 1000
  refusesToken(t, await ask(accessToken), 'at that time')
  clock.ms = exp * 1000 + 1
  refusesToken(t, await ask(accessToken), 'after it')
  refusesToken(t, await ask({ claims: { iat: exp - 600, exp: exp - 0.001 } }), 'one that was never seen before')
})

t.test('section 4.1.4: exp must be there, and a number', async t => {
  const { ask } = await protect(t)
  for (const exp of [undefined, null, '', String(nowSeconds() + 60), new Date().toISOString(), [nowSeconds() + 60], { valueOf: nowSeconds() }, true, -1]) {
    refusesToken(t, await ask({ claims: { exp } }), JSON.stringify(exp) ?? 'none')
  }
})

t.test('section 4.1.4: an exp that is not a finite time, or is in milliseconds, is refused', async t => {
  const { ask, issuer } = await protect(t)
  for (const exp of ['1e400', '1e308', '9223372036854775808', String(Date.now() + 3_600_000)]) {
    const claimsText = JSON.stringify(issuer.claims({ exp: 0 })).replace('"exp":0', `"exp":${exp}`)
    refusesToken(t, await ask({ claimsText }), exp)
  }
})

t.test('section 4.1.5: a token is refused before its nbf, which must be a number', async t => {
  const { ask } = await protect(t)
  for (const nbf of [nowSeconds() + 60, String(nowSeconds() - 60), null, [nowSeconds() - 60], true, -1]) refusesToken(t, await ask({ claims: { nbf } }), JSON.stringify(nbf))
  t.equal((await ask({ claims: { nbf: nowSeconds() - 1 } })).statusCode, 200, 'after it')
  t.equal((await ask({ claims: { nbf: undefined } })).statusCode, 200, 'it may be absent')
})

t.test('section 4.1.6: iat must be a number, and not in the future', async t => {
  const { ask } = await protect(t)
  for (const iat of [undefined, null, String(nowSeconds()), [nowSeconds()], true, -1, nowSeconds() + 600]) refusesToken(t, await ask({ claims: { iat } }), JSON.stringify(iat) ?? 'none')
})

t.test('section 4.1.7: jti must be a string that is not empty', async t => {
  const { ask } = await protect(t)
  for (const jti of [undefined, null, '', 1, ['AT.1'], {}]) refusesToken(t, await ask({ claims: { jti } }), JSON.stringify(jti) ?? 'none')
})

t.test('section 5.1: typ may say JWT or nothing', async t => {
  const { ask } = await protect(t)
  for (const typ of ['JWT', undefined]) t.equal((await ask({ header: { typ } })).statusCode, 200, String(typ))
})

t.test('section 5.2: a token in a token (cty) is refused', async t => {
  const { ask, issuer } = await protect(t)
  for (const cty of ['JWT', 'jwt', 'application/jwt']) {
    refusesToken(t, await ask({ header: { cty } }), cty)
    refusesToken(t, await ask({ header: { cty }, claimsText: issuer.mint() }), `${cty}, with a token as its content`)
  }
})

t.test('section 6: an unsigned token is refused', async t => {
  const { ask, issuer } = await protect(t)
  for (const alg of ['none', 'None', 'NONE']) {
    refusesToken(t, await ask({ header: { alg }, sign: () => '' }), `${alg}, without a signature`)
    refusesToken(t, await ask({ header: { alg } }), `${alg}, with a good signature`)
    refusesToken(t, await ask({ header: { alg, kid: undefined }, sign: () => encode('x') }), `${alg}, without a key`)
  }
  refusesToken(t, await ask(`${encode('{"alg":"none"}')}.${issuer.mint().split('.')[1]}.`), 'as in the appendix')
})

t.test('section 7.2: a string without a period, a header or a claims set is refused', async t => {
  const { ask, issuer } = await protect(t)
  const [, claims, signature] = issuer.mint().split('.')
  for (const text of ['abc', `${encode('{}')}.${claims}.${signature}`, `${encode('[]')}.${claims}.${signature}`, `abc.${claims}.${signature}`]) {
    refusesToken(t, await ask(text), text.slice(0, 12))
  }
  for (const claimsText of ['[]', '"claims"', '{}', 'null', `[${JSON.stringify(issuer.claims())}]`]) refusesToken(t, await ask({ claimsText }), claimsText.slice(0, 12))
})

t.test('section 7.2: an encrypted token is refused', async t => {
  const { ask, issuer } = await protect(t)
  const header = encode(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'usual' }))

  refusesToken(t, await ask([header, encode('key'), encode('iv'), encode('text'), encode('tag')].join('.')), 'five parts')
  refusesToken(t, await ask({ header: { enc: 'A256GCM' } }), 'three parts and enc')
  t.equal((await ask(issuer.mint())).statusCode, 200)
})

t.test('section 7.3: strings are equal if they have the same code points, however they are escaped', async t => {
  const { ask, issuer } = await protect(t)
  const claims = JSON.stringify(issuer.claims())

  t.equal((await ask({ claimsText: claims.replace('"api://', '"\\u0061pi:\\/\\/').replace('"aud"', '"a\\u0075d"') })).statusCode, 200)
  refusesToken(t, await ask({ claims: { aud: AUDIENCE.replace('e', 'e\u0301') } }), 'another accent')
})

t.test('section 8: HS256, though every implementation must know it, is refused: the issuer shares no secret', async t => {
  const { ask } = await protect(t)
  for (const secret of ['', 'secret', 'null', 'undefined']) {
    refusesToken(t, await ask({ header: { alg: 'HS256' }, sign: input => createHmac('sha256', secret).update(input).digest('base64url') }), `"${secret}"`)
  }
})

t.test('section 8: RS256 is accepted', async t => {
  const { ask } = await protect(t)
  t.equal((await ask({ header: { alg: 'RS256' } })).statusCode, 200)
})

t.test('section 11.1: claims are trusted for the issuer that signed them, and for no other', async t => {
  const ours = await Issuer.start(t)
  const other = await Issuer.start(t, { key: ours.key, path: '/oauth2/aus0000000000000other' })
  const { ask } = await protect(t, { issuer: ours })

  t.equal((await ask(ours.mint())).statusCode, 200)
  refusesToken(t, await ask(other.mint()), 'another authorization server with the very same key')
})
