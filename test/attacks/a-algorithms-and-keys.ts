import type { Attack } from './attack.js'
import { constant, ecdsa, ecPair, eddsa, edPair, exponentOne, headed, hmac, pss, published, publishing, rsa, rsaPair, twinOf } from './forgery.js'
import { nextKey as other, usualKey as main } from '../kit/signing-key.js'
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

const confused = (issuer: Issuer, secret: string | Buffer): string => issuer.mint({ header: { alg: 'HS256' }, sign: hmac(secret) })

export const ALGORITHMS_AND_KEYS: readonly Attack[] = [
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
  }
]
