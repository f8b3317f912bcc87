import { createHash, publicEncrypt, randomBytes, type JsonWebKey } from 'node:crypto'
import type { Attack } from './attack.js'
import { compact, constant, ecdsa, ecPair, eddsa, edPair, exponentOne, hmac, pss, published, rsa, rsaPair, twinOf, type Sign } from './forgery.js'
import { nextKey as other, strangersKey as stranger, usualKey as main } from '../kit/signing-key.js'
import type { Issuer } from '../kit/issuer.js'
import { encode } from '../kit/access-token.js'

const EC = ecPair('ec-key-2026')
const ED = edPair('ed-key-2026')
const SHORT = [rsaPair('short-key', 1024), rsaPair('nearly-long-key', 2040)]
const NOTHING = constant(Buffer.alloc(0))
const PEM = main.publicKey.export({ type: 'spki', format: 'pem' }) as string
const DER = main.publicKey.export({ type: 'spki', format: 'der' })
const PKCS1 = main.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string
const MODULUS = Buffer.from(main.jwk.n as string, 'base64url')

/** The issuer publishes these keys beside its good ones. */
const publishing = (...keys: object[]) => ({ prepare: (issuer: Issuer) => { issuer.keySet = { keys: [...keys, published(main)] } } })

const confused = (issuer: Issuer, secret: string | Buffer): string => issuer.mint({ header: { alg: 'HS256' }, sign: hmac(secret) })
const headed = (issuer: Issuer, header: Record<string, unknown>, sign?: Sign): string => issuer.mint({ header, ...(sign === undefined ? {} : { sign }) })

export const HEADER_AND_KEYS: readonly Attack[] = [
  {
    number: 1,
    title: 'A token that says it is not signed is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'with an empty signature': headed(issuer, { alg: 'none' }, NOTHING),
      'with the real signature': headed(issuer, { alg: 'none' }),
      'without a kid': headed(issuer, { alg: 'none', kid: undefined }, NOTHING)
    })
  },
  {
    number: 2,
    title: 'A token that says so in other letters is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(['None', 'NONE', 'nOnE', 'none ', ' none', '', 'nοne'].flatMap(alg => [
      [`${alg}, empty`, headed(issuer, { alg }, NOTHING)], [`${alg}, signed`, headed(issuer, { alg })]
    ]))
  },
  {
    number: 3,
    title: 'The public key as PEM is not accepted as an HMAC secret',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({ 'HS256 with the PEM': confused(issuer, PEM), 'HS384 with the PEM': headed(issuer, { alg: 'HS384' }, hmac(PEM, 'sha384')) })
  },
  {
    number: 4,
    title: 'The public key in any other form is not accepted as an HMAC secret',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(Object.entries({
      DER,
      'JWK text': JSON.stringify(main.jwk),
      'published JWK text': JSON.stringify(published(main)),
      'modulus bytes': MODULUS,
      'modulus text': main.jwk.n as string,
      'PEM without its last newline': PEM.trimEnd(),
      'PEM with a newline before it': `\n${PEM}`,
      'PEM with two newlines behind it': `${PEM}\n`,
      'PEM with CR LF': PEM.replaceAll('\n', '\r\n'),
      'PEM with spaces before it': `   ${PEM}`,
      'PKCS #1 PEM': PKCS1,
      'PEM body': PEM.split('\n').slice(1, -2).join('')
    }).map(([title, secret]) => [title, confused(issuer, secret)]))
  },
  {
    number: 5,
    title: 'Empty and well-known secrets are not accepted as HMAC secrets',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(['', 'null', 'undefined', '\0', '[object Object]', 'secret', main.kid].map(secret => [`"${secret}"`, confused(issuer, secret)]))
  },
  {
    number: 6,
    title: 'A good signature by an algorithm that is not Okta\'s is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      RS384: headed(issuer, { alg: 'RS384' }, rsa(main, 'sha384')),
      RS512: headed(issuer, { alg: 'RS512' }, rsa(main, 'sha512')),
      PS256: headed(issuer, { alg: 'PS256' }, pss(main)),
      'PSS under the name RS256': headed(issuer, {}, pss(main)),
      'RS512 under the name RS256': headed(issuer, {}, rsa(main, 'sha512')),
      'SHA-1 under the name RS256': headed(issuer, {}, rsa(main, 'sha1')),
      rs256: headed(issuer, { alg: 'rs256' }),
      'RS256 in a list': headed(issuer, { alg: ['RS256'] }),
      'a number': headed(issuer, { alg: 256 }),
      'no alg': headed(issuer, { alg: undefined })
    })
  },
  {
    number: 7,
    title: 'A key does not serve for an algorithm of another family',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: publishing(published(EC, { alg: 'ES256' })),
    tokens: issuer => ({
      'ES256 by the kid of an RSA key': headed(issuer, { alg: 'ES256' }, ecdsa(EC)),
      'ES256 by its own kid': headed(issuer, { alg: 'ES256', kid: EC.kid }, ecdsa(EC))
    })
  },
  {
    number: 7,
    title: 'RS256 by the kid of an EC key is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing(published(EC, { alg: 'ES256' })),
    tokens: issuer => ({ 'RS256 by the kid of an EC key': headed(issuer, { kid: EC.kid }) })
  },
  {
    number: 8,
    title: 'A key that is for one algorithm does not serve for another of its family',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({ 'RS384 by a key for RS256': headed(issuer, { alg: 'RS384' }, rsa(main, 'sha384')) })
  },
  {
    number: 8,
    title: 'A key for RS384 serves for no RS256 either',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing(published(other, { alg: 'RS384' })),
    tokens: issuer => ({ 'RS256 by a key for RS384': issuer.mint({ key: other }) })
  },
  {
    number: 9,
    title: 'A key that names no algorithm is for the one of the policy',
    expected: 'OK',
    target: publishing(published(other, { alg: undefined, use: undefined })),
    tokens: issuer => ({ RS256: issuer.mint({ key: other }) })
  },
  {
    number: 9,
    title: 'A token does not choose the algorithm for such a key',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: publishing(published(other, { alg: undefined, use: undefined })),
    tokens: issuer => ({
      PS256: issuer.mint({ key: other, header: { alg: 'PS256' }, sign: pss(other) }),
      RS512: issuer.mint({ key: other, header: { alg: 'RS512' }, sign: rsa(other, 'sha512') }),
      HS256: issuer.mint({ key: other, header: { alg: 'HS256' }, sign: hmac(other.publicKey.export({ type: 'spki', format: 'pem' }) as string) })
    })
  },
  {
    number: 10,
    title: 'An ECDSA signature of zeros proves nothing',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: publishing(published(EC, { alg: 'ES256' })),
    tokens: issuer => ({
      'ES256 of zeros': headed(issuer, { alg: 'ES256', kid: EC.kid }, constant(Buffer.alloc(64))),
      'ES256 of zeros by the RSA kid': headed(issuer, { alg: 'ES256' }, constant(Buffer.alloc(64))),
      'ES256 of zeros in DER': headed(issuer, { alg: 'ES256', kid: EC.kid }, constant(Buffer.from('3006020100020100', 'hex'))),
      'RS256 of zeros': headed(issuer, {}, constant(Buffer.alloc(256))),
      'RS256 of the number one': headed(issuer, {}, constant(Buffer.concat([Buffer.alloc(255), Buffer.from([1])]))),
      'RS256 of the modulus': headed(issuer, {}, constant(MODULUS))
    })
  },
  {
    number: 11,
    title: 'Neither an ECDSA signature nor its twin is accepted',
    why: 'only RS256 is accepted for access tokens; the twin of a DPoP proof is tried in beyond-proofs.test.ts',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: publishing(published(EC, { alg: 'ES256' })),
    tokens: issuer => {
      const token = headed(issuer, { alg: 'ES256', kid: EC.kid }, ecdsa(EC))
      return { 'the signature': token, 'its twin': twinOf(token) }
    }
  },
  {
    number: 12,
    title: 'A short RSA key is not used',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing(...SHORT.map(pair => published(pair))),
    tokens: issuer => Object.fromEntries(SHORT.map(pair => [pair.kid, issuer.mint({ key: pair })]))
  },
  {
    number: 13,
    title: 'An RSA key with a weak exponent is not used',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing(...[[1], [0, 1], [3], [0], [2], [1, 0, 0], [0xff, 0xff]].map(e => published(main, { kid: `e-${e.join('-')}`, e: encode(Buffer.from(e)) }))),
    tokens: issuer => Object.fromEntries(['e-1', 'e-0-1', 'e-3', 'e-0', 'e-2', 'e-1-0-0', 'e-255-255'].map(kid => [kid, headed(issuer, { kid }, exponentOne(256))]))
  },
  {
    number: 14,
    title: 'A key for encryption, or for another operation, is not used',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing(...[{ use: 'enc' }, { use: 'SIG' }, { use: ['sig'] }, { key_ops: ['sign'] }, { key_ops: [] }, { key_ops: 'verify' }]
      .map((more, i) => published(other, { kid: `key-${i}`, ...more }))),
    tokens: issuer => Object.fromEntries([0, 1, 2, 3, 4, 5].map(i => [`key-${i}`, headed(issuer, { kid: `key-${i}` }, rsa(other))]))
  },
  {
    number: 15,
    title: 'A symmetric key among the issuer\'s is never used',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing({ kty: 'oct', kid: 'oct-key', k: encode('a secret that is long enough....'), alg: 'HS256', use: 'sig' }, { kty: 'oct', kid: 'oct-key-2', k: encode('x'), alg: 'RS256' }),
    tokens: issuer => ({
      HS256: headed(issuer, { alg: 'HS256', kid: 'oct-key' }, hmac('a secret that is long enough....')),
      'HS256 under the name RS256': headed(issuer, { kid: 'oct-key-2' }, hmac('x'))
    })
  },
  {
    number: 16,
    title: 'A private key among the issuer\'s is not used, and gets nowhere',
    why: 'a private key that is published signs for anybody, so that it is refused rather than used as a public one',
    target: publishing({ ...published(other), ...other.privateKey.export({ format: 'jwk' }) }),
    run: async (t, { get, issuer, log }) => {
      t.equal((await get('/me', issuer.mint({ key: other }))).status, 401)
      const text = log.join('')
      t.match(text, /a key of the issuer is not used/, 'it is warned of')
      const { d = '', p = '' } = other.privateKey.export({ format: 'jwk' })
      t.notOk(text.includes(d.slice(0, 40)) || text.includes(p.slice(0, 40)), 'no part of it is logged')
    }
  },
  {
    number: 17,
    title: 'A point that is not on the curve spoils none of the other keys',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: publishing(...[{ x: encode(Buffer.alloc(32)), y: encode(Buffer.alloc(32)) }, { y: EC.jwk.x }, { x: '', y: '' }].map((point, i) => published(EC, { alg: 'ES256', kid: `point-${i}`, ...point }))),
    tokens: issuer => Object.fromEntries([0, 1, 2].map(i => [`point-${i}`, headed(issuer, { alg: 'ES256', kid: `point-${i}` }, constant(Buffer.alloc(64)))]))
  },
  {
    number: 18,
    title: 'An Ed25519 key of small order signs nothing',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: publishing(...['01'.padEnd(64, '0'), '00'.repeat(32)].map((x, i) => published(ED, { alg: 'EdDSA', kid: `small-${i}`, x: encode(Buffer.from(x, 'hex')) }))),
    tokens: issuer => ({
      'the neutral point': headed(issuer, { alg: 'EdDSA', kid: 'small-0' }, constant(Buffer.from('01'.padEnd(128, '0'), 'hex'))),
      'a point of order four': headed(issuer, { alg: 'EdDSA', kid: 'small-1' }, constant(Buffer.alloc(64))),
      'a good Ed25519 signature': headed(issuer, { alg: 'EdDSA', kid: ED.kid }, eddsa(ED))
    })
  },
  {
    number: 19,
    title: 'Without a kid no key is tried',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({ 'no kid': headed(issuer, { kid: undefined }), 'an empty kid': headed(issuer, { kid: '' }) })
  },
  {
    number: 20,
    title: 'A kid that two keys share selects none of them',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    target: publishing(published(other, { kid: 'shared' }), published(stranger, { kid: 'shared' })),
    tokens: issuer => ({ 'by the first': headed(issuer, { kid: 'shared' }, rsa(other)), 'by the second': headed(issuer, { kid: 'shared' }, rsa(stranger)) })
  },
  {
    number: 20,
    title: 'A kid that keys of two families share is that of the one for RS256',
    expected: 'OK',
    target: publishing(published(EC, { alg: 'ES256', kid: other.kid }), published(other)),
    tokens: issuer => ({ 'by the RSA key': issuer.mint({ key: other }) })
  },
  {
    number: 21,
    title: 'A kid that is not a string is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([1, 0, true, null, [], [main.kid], { toString: main.kid }, {}].map(kid => [JSON.stringify(kid), headed(issuer, { kid })]))
  },
  {
    number: 22,
    title: 'A kid that is a path opens no file',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    tokens: issuer => Object.fromEntries(['../../../../dev/null', 'file:///etc/passwd', '/dev/null', '..%2f..%2fdev%2fnull', `https://evil.example/${main.kid}`].flatMap(kid => [
      [`${kid}, signed`, headed(issuer, { kid })], [`${kid}, HMAC of nothing`, headed(issuer, { kid, alg: 'HS256' }, hmac(''))]
    ]))
  },
  {
    number: 23,
    title: 'A kid named like a member of every object selects no key',
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    tokens: issuer => Object.fromEntries(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'get', 'size'].map(kid => [kid, headed(issuer, { kid })]))
  },
  {
    number: 24,
    title: 'A kid that is too long, or would write to a terminal, is refused and not logged',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(Object.entries({
      'of 8 kB': 'k'.repeat(8192), 'of 129 characters': 'k'.repeat(129), 'with CR LF': 'a\r\nset-cookie: x=1', 'with NUL': `${main.kid}\0`, 'with an escape': '\u001b[31mred\u001b[0m', 'with a space': `${main.kid} `, 'with a right-to-left mark': '\u202e'
    }).map(([title, kid]) => [title, headed(issuer, { kid })]))
  },
  {
    number: 25,
    title: 'A key in the header is not the issuer\'s',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'jwk with the issuer\'s kid': headed(issuer, { jwk: published(stranger) }, rsa(stranger)),
      'jwk under ES256': headed(issuer, { alg: 'ES256', jwk: EC.jwk }, ecdsa(EC)),
      'jwk without a kid': headed(issuer, { jwk: published(stranger), kid: undefined }, rsa(stranger))
    })
  },
  {
    number: 26,
    title: 'A jku is not fetched',
    target: {},
    run: async (t, { get, issuer }) => {
      issuer.faults.set('/evil/keys', (_request, response) => { response.end(JSON.stringify({ keys: [published(stranger)] })) })
      for (const kid of [main.kid, undefined]) {
        const answer = await get('/me', headed(issuer, { kid, jku: `${issuer.origin}/evil/keys` }, rsa(stranger)))
        t.equal(answer.status, 401)
      }
      t.equal(issuer.count('/evil'), 0, 'nobody asked for it')
    }
  },
  {
    number: 27,
    title: 'A certificate in the header is not believed, and none is fetched',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      x5c: headed(issuer, { x5c: [encode(randomBytes(600))] }, rsa(stranger)),
      x5u: headed(issuer, { x5u: `${issuer.origin}/evil/certificate` }, rsa(stranger)),
      'both without a kid': headed(issuer, { kid: undefined, x5u: `${issuer.origin}/evil`, x5c: [] }, rsa(stranger))
    })
  },
  {
    number: 28,
    title: 'The thumbprint of a certificate selects no key',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => {
      const x5t = createHash('sha1').update(DER).digest('base64url')
      return { 'x5t in place of the kid': headed(issuer, { kid: undefined, x5t }), 'x5t#S256 with a foreign signature': headed(issuer, { 'x5t#S256': createHash('sha256').update(DER).digest('base64url') }, rsa(stranger)) }
    }
  },
  {
    number: 28,
    title: 'A thumbprint beside the right kid changes nothing',
    expected: ['OK', 'FST_OKTA_INVALID_TOKEN'],
    tokens: issuer => ({ 'another x5t': headed(issuer, { x5t: 'AAAA' }) })
  },
  {
    number: 29,
    title: 'A critical parameter that is not understood is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'exp-policy': headed(issuer, { crit: ['exp-policy'], 'exp-policy': 'x' }),
      'http://openbankingtiming': headed(issuer, { crit: ['http://openbanking.org.uk/iat'], 'http://openbanking.org.uk/iat': 1 })
    })
  },
  {
    number: 30,
    title: 'So is every malformed crit',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([[], 'b64', ['missing'], ['alg'], ['kid', 'kid'], null, {}, 0, [1], ['']].map(crit => [JSON.stringify(crit), headed(issuer, { crit })]))
  },
  {
    number: 31,
    title: 'An unencoded payload is not understood',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'b64 alone': headed(issuer, { b64: false }),
      'b64 true': headed(issuer, { b64: true }),
      'b64 as it should be': headed(issuer, { b64: false, crit: ['b64'] }),
      'signed over the raw payload': (() => {
        const header = encode(JSON.stringify({ alg: 'RS256', kid: main.kid, b64: false, crit: ['b64'] }))
        const payload = JSON.stringify(issuer.claims())
        return `${header}.${encode(payload)}.${encode(rsa(main)(`${header}.${payload}`))}`
      })()
    })
  },
  {
    number: 32,
    title: 'A compressed payload is refused unread',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({ 'zip of DEF': headed(issuer, { zip: 'DEF' }), 'zip of nothing': headed(issuer, { zip: '' }) })
  },
  {
    number: 33,
    title: 'An encrypted token is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => {
      const header = encode(JSON.stringify({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT', kid: main.kid }))
      const key = encode(publicEncrypt(main.publicKey, randomBytes(32)))
      const sealed = [header, key, encode(randomBytes(12)), encode(issuer.mint().slice(0, 400)), encode(randomBytes(16))].join('.')
      return { 'five segments': sealed, 'three of the five': sealed.split('.').slice(0, 3).join('.'), 'enc in a signed token': headed(issuer, { enc: 'A256GCM' }) }
    }
  },
  {
    number: 34,
    title: 'A token in a token is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'cty of JWT': issuer.mint({ claimsText: issuer.mint(), header: { cty: 'JWT' } }),
      'cty of JWT with claims': headed(issuer, { cty: 'JWT' }),
      'without cty': issuer.mint({ claimsText: issuer.mint() }),
      'as a JSON text': issuer.mint({ claimsText: JSON.stringify(issuer.mint()) })
    })
  },
  {
    number: 35,
    title: 'Okta\'s own tokens, and those of libraries, have a type that passes',
    expected: 'OK',
    tokens: issuer => ({ 'no typ': issuer.mint(), JWT: headed(issuer, { typ: 'JWT' }), jwt: headed(issuer, { typ: 'jwt' }) })
  },
  {
    number: 36,
    title: 'The type of RFC 9068 is a media type, in any letters',
    expected: 'OK',
    tokens: issuer => Object.fromEntries(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'].map(typ => [typ, headed(issuer, { typ })]))
  },
  {
    number: 37,
    title: 'A token of another type is not an access token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id_token+jwt', 'application/logout+jwt', 'token-introspection+jwt', 'oauth-authz-req+jwt', 'client-authentication+jwt', '', ' at+jwt', 'at+jwt\n', 'xat+jwt', 'at+jwt;x=1', ['at+jwt'], 1, true, null, {}]
      .map(typ => [JSON.stringify(typ), compact({ alg: 'RS256', kid: main.kid, typ } as JsonWebKey, issuer.claims(), rsa(main))]))
  }
]
