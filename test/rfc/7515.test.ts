import { createHmac, sign } from 'node:crypto'
import t from 'tap'
import { encode } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'
import { protect, refusesToken } from './protected-resource.js'

t.test('section 2: base64url is without padding and without other characters', async t => {
  const { app, ask, issuer } = await protect(t)
  const [header, claims, signature] = issuer.mint().split('.') as [string, string, string]
  const texts = {
    'padding at the end': `${header}.${claims}.${signature}==`,
    'the standard alphabet': `${header}.${claims}.${signature.slice(0, -4)}ab+/`,
    'a character of no alphabet': `${header}.${claims}.${signature.slice(0, -1)}~`
  }
  for (const [title, text] of Object.entries(texts)) refusesToken(t, await ask(text), title)
  for (const text of [`${header}=.${claims}.${signature}`, `${header}.${claims}. ${signature}`, `${header}.${claims}.${signature}\u00a0`]) {
    t.equal((await app.inject({ url: '/claims', headers: { authorization: `Bearer ${text}` } })).statusCode, 400, 'no b64token at all')
  }
})

t.test('section 2: two strings are not one token: bits that no byte needs must be zero', async t => {
  const { ask, issuer } = await protect(t)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const accessToken = issuer.mint()
  const twin = accessToken.slice(0, -1) + alphabet[alphabet.indexOf(accessToken.at(-1) as string) + 1]
  const bytesOf = (text: string): Buffer => Buffer.from(text.split('.')[2] as string, 'base64url')

  t.ok(bytesOf(twin).equals(bytesOf(accessToken)), 'they are the same bytes')
  t.equal((await ask(accessToken)).statusCode, 200)
  refusesToken(t, await ask(twin), 'the twin')
})

t.test('section 4: a header that names a member twice is refused, and a member of its members too', async t => {
  const { ask } = await protect(t)
  for (const headerText of [
    '{"kid":"usual","alg":"none","alg":"RS256"}', '{"kid":"usual","alg":"RS256","alg":"RS256"}', '{"kid":"usual","alg":"RS256","\\u0061lg":"RS256"}',
    '{"kid":"usual","alg":"RS256","x":{"y":1,"y":1}}'
  ]) refusesToken(t, await ask({ headerText }), headerText)
})

t.test('section 4: parameters that are not understood are ignored', async t => {
  const { ask } = await protect(t)
  t.equal((await ask({ header: { 'https://example.com/hint': ['a', { b: 1 }] } })).statusCode, 200)
})

t.test('section 4.1.1: alg must be there, and be one that is understood', async t => {
  const { ask, issuer } = await protect(t)
  for (const alg of [undefined, null, '', 'none', 'None', 'NONE', 'nOnE', 'rs256', 'RS256 ', 'RS1', 'HS256', 'RS512', 'PS256', 'ES256', 'EdDSA', 256, ['RS256'], {}]) {
    refusesToken(t, await ask({ header: { alg } }), JSON.stringify(alg) ?? 'none')
  }
  const rs512 = (input: string): string => sign('sha512', Buffer.from(input), issuer.key.privateKey).toString('base64url')
  refusesToken(t, await ask({ header: { alg: 'RS512' }, sign: rs512 }), 'a good signature, by an algorithm that is not used')
})

t.test('section 4.1.2: jku is not followed', async t => {
  const attacker = await Issuer.start(t, { key: foreignKey })
  const { ask } = await protect(t)

  refusesToken(t, await ask({ key: foreignKey, header: { jku: `${attacker.url}/v1/keys` } }), 'signed with a key at jku')
  t.equal(attacker.requests.length, 0, 'nobody asked there')
})

t.test('section 4.1.3: a key that the token brings (jwk) is not used', async t => {
  const { ask, issuer } = await protect(t)
  for (const kid of ['stranger', 'usual', undefined]) {
    refusesToken(t, await ask({ key: foreignKey, header: { kid, jwk: foreignKey.jwk } }), String(kid))
  }
  t.equal((await ask({ header: { jwk: foreignKey.jwk, jku: `${issuer.url}/elsewhere` } })).statusCode, 200, 'nor does it harm')
})

t.test('section 4.1.4: kid must be a string, and selects the key with exactly that kid', async t => {
  const { ask } = await protect(t)
  for (const kid of [undefined, null, '', 'Usual', 'usual ', 'usua', 1, ['usual'], { usual: 1 }, true, '__proto__', 'constructor', '../usual', 'x'.repeat(8000)]) {
    refusesToken(t, await ask({ header: { kid } }), (JSON.stringify(kid) ?? 'none').slice(0, 20))
  }
})

t.test('section 4.1.4: of two keys with one kid none is used', async t => {
  const issuer = await Issuer.start(t)
  issuer.keys = [issuer.key.jwk, { ...foreignKey.jwk, kid: 'usual' }, foreignKey.jwk]
  const { ask } = await protect(t, { issuer })

  refusesToken(t, await ask({}), 'signed with the first')
  refusesToken(t, await ask({ key: foreignKey, header: { kid: 'usual' } }), 'signed with the second')
  t.equal((await ask({ key: foreignKey })).statusCode, 200, 'a key beside them is')
})

t.test('section 4.1.5: x5u is not followed', async t => {
  const attacker = await Issuer.start(t, { key: foreignKey })
  const { ask } = await protect(t)

  refusesToken(t, await ask({ key: foreignKey, header: { kid: 'usual', x5u: attacker.url } }), 'signed with a key at x5u')
  t.equal(attacker.requests.length, 0, 'nobody asked there')
})

t.test('section 4.1.6: a certificate that the token brings (x5c, x5t) is not used', async t => {
  const { ask } = await protect(t)
  const certificate = foreignKey.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

  refusesToken(t, await ask({ key: foreignKey, header: { kid: 'usual', x5c: [certificate], x5t: 'a', 'x5t#S256': 'b' } }), 'signed with its key')
})

t.test('section 4.1.9: typ is compared without its prefix application/ and in any case', async t => {
  const { ask } = await protect(t)
  for (const typ of ['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/AT+JWT', 'application/jwt']) {
    t.equal((await ask({ header: { typ } })).statusCode, 200, typ)
  }
})

t.test('section 4.1.11: no critical extension is supported: a token with crit is refused', async t => {
  const { ask } = await protect(t)
  const headers: Array<Record<string, unknown>> = [
    { crit: ['exp-policy'], 'exp-policy': 'strict' }, { crit: ['b64'], b64: true }, { crit: ['b64'], b64: false }, { crit: ['absent'] }, { crit: ['alg'] },
    { crit: ['kid', 'kid'] }, { crit: [] }, { crit: [1] }, { crit: 'b64' }, { crit: null }, { crit: {} }, { crit: false }, { crit: '' }, { crit: 0 }
  ]
  for (const header of headers) refusesToken(t, await ask({ header }), JSON.stringify(header))
})

t.test('section 5.2: header and claims must be UTF-8 and each a JSON object', async t => {
  const { ask } = await protect(t)
  const texts = ['[]', '"a"', '1', 'null', 'true', '', '{', '{}{}', '{a:1}', "{'a':1}", '{"a":1,}', '{"a":01}', '{"a":NaN}', '\ufeff{"alg":"RS256"}', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]
  for (const text of texts) {
    refusesToken(t, await ask({ headerText: text }), `header ${text.toString()}`)
    refusesToken(t, await ask({ claimsText: text }), `claims ${text.toString()}`)
  }
})

t.test('section 5.2: the signature is verified over the exact bytes of header and claims', async t => {
  const { ask, issuer } = await protect(t)
  const [header, claims, signature] = issuer.mint().split('.') as [string, string, string]
  const spaced = encode(JSON.stringify(JSON.parse(Buffer.from(claims, 'base64url').toString()), null, 1))
  const reordered = encode('{"alg":"RS256","kid":"usual"}')

  refusesToken(t, await ask(`${header}.${spaced}.${signature}`), 'the same claims, written otherwise')
  refusesToken(t, await ask(`${reordered}.${claims}.${signature}`), 'the same header, in another order')
  for (const forged of [encode('x'), encode(Buffer.alloc(256)), signature.slice(0, -4), `${signature}AAAA`, encode(Buffer.from(signature, 'base64url').reverse())]) {
    refusesToken(t, await ask(`${header}.${claims}.${forged}`), 'another signature')
  }
})

t.test('section 5.2: a signature by a key of the issuer\'s that is not the one named is refused', async t => {
  const issuer = await Issuer.start(t)
  issuer.keys = [issuer.key.jwk, foreignKey.jwk]
  const { ask } = await protect(t, { issuer })

  t.equal((await ask({ key: foreignKey })).statusCode, 200)
  refusesToken(t, await ask({ key: foreignKey, header: { kid: 'usual' } }), 'named as the other')
})

t.test('section 7.1: the compact serialization has three parts, none of them empty', async t => {
  const { ask, issuer } = await protect(t)
  const [header, claims, signature] = issuer.mint().split('.') as [string, string, string]
  const texts = [
    header, `${header}.${claims}`, `${header}.${claims}.`, `${header}..${signature}`, `.${claims}.${signature}`, '..', '...',
    `${header}.${claims}.${signature}.`, `${header}.${claims}.${signature}.${signature}`, `.${header}.${claims}.${signature}`, '.'.repeat(8000)
  ]
  for (const text of texts) refusesToken(t, await ask(text), text.slice(-12))
})

t.test('section 7.2: the JSON serialization is not a b64token and is refused', async t => {
  const { app, issuer } = await protect(t)
  const [header, payload, signature] = issuer.mint().split('.')
  const authorization = `Bearer ${JSON.stringify({ protected: header, payload, signature })}`

  t.equal((await app.inject({ url: '/claims', headers: { authorization } })).statusCode, 400)
})

t.test('section 10.7: a signature with the public key as an HMAC secret is refused', async t => {
  const { ask, issuer } = await protect(t)
  const { publicKey, jwk } = issuer.key
  const secrets = [
    publicKey.export({ type: 'spki', format: 'pem' }), publicKey.export({ type: 'pkcs1', format: 'pem' }), publicKey.export({ type: 'spki', format: 'der' }),
    JSON.stringify(jwk), Buffer.from(String(jwk['n']), 'base64url'), String(jwk['n'])
  ]
  for (const secret of secrets) {
    const hmac = (input: string): string => createHmac('sha256', secret).update(input).digest('base64url')
    refusesToken(t, await ask({ header: { alg: 'HS256' }, sign: hmac }), 'alg says HS256')
    refusesToken(t, await ask({ sign: hmac }), 'alg says RS256')
  }
})

t.test('section 10.12: JSON is read strictly, and not deeper than it need be', async t => {
  const { ask, issuer } = await protect(t)
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const claims = JSON.stringify(issuer.claims())

  refusesToken(t, await ask({ claimsText: `${claims.slice(0, -1)},"deep":${deep}}` }), 'deep')
  refusesToken(t, await ask({ claimsText: `${claims} x` }), 'something behind it')
  refusesToken(t, await ask({ claimsText: claims.replaceAll('"', '\'') }), 'other quotes')
})

t.test('section 10.13: strings are compared after their escapes are undone, and not normalized', async t => {
  const { ask, issuer } = await protect(t)

  t.equal((await ask({ headerText: '{"\\u006bid":"\\u0075sual","alg":"RS\\u003256"}' })).statusCode, 200)
  refusesToken(t, await ask({ header: { kid: 'ｕsual' } }), 'another character that looks alike')
  refusesToken(t, await ask({ claims: { iss: issuer.url.replace('o', 'о') } }), 'a Cyrillic twin')
})
