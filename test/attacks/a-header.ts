import { createHash, publicEncrypt, randomBytes, type JsonWebKey } from 'node:crypto'
import type { Attack } from './attack.js'
import { compact, ecdsa, ecPair, headed, hmac, published, publishing, rsa } from './forgery.js'
import { nextKey as other, strangersKey as stranger, usualKey as main } from '../kit/signing-key.js'
import { encode } from '../kit/access-token.js'

const EC = ecPair('ec-key-2026')
const DER = main.publicKey.export({ type: 'spki', format: 'der' })

export const HEADER: readonly Attack[] = [
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
