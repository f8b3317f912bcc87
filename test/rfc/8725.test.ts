import { sign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import t from 'tap'
import { createEcPair } from '../kit/key-pair.js'
import { createSigningKey, publishedKey, type SigningKey } from '../kit/signing-key.js'
import { AUDIENCE, encode, type TokenDifference } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'
import { parametersOf } from './challenge.js'
import { prove } from '../kit/dpop-proof.js'
import { protect, PUBLIC_URL, refusesToken } from './protected-resource.js'

/** What an attacker signs who knows that the exponent is 1: the padded digest itself. */
function signWithExponentOne (input: string): string {
  // Any key of the same length pads as the weak one would; its public operation takes the padding out again.
  const { jwk, privateKey } = foreignKey
  const signature = BigInt(`0x${sign('sha256', Buffer.from(input), privateKey).toString('hex')}`)
  const modulus = BigInt(`0x${Buffer.from(String(jwk['n']), 'base64url').toString('hex')}`)
  const padded = power(signature, 65537n, modulus).toString(16).padStart(512, '0')
  return Buffer.from(padded, 'hex').toString('base64url')
}

function power (base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let factor = base, left = exponent; left > 0n; left >>= 1n, factor = factor * factor % modulus) {
    if (left & 1n) result = result * factor % modulus
  }
  return result
}

t.test('section 3.1: one algorithm is used, and a token cannot choose another', async t => {
  const { ask, issuer } = await protect(t)
  const byDigest = (digest: string) => (input: string): string => sign(digest, Buffer.from(input), issuer.key.privateKey).toString('base64url')

  t.equal((await ask({ sign: byDigest('sha256') })).statusCode, 200)
  for (const [alg, digest] of [['RS384', 'sha384'], ['RS512', 'sha512'], ['RS256', 'sha384'], ['RS512', 'sha256']] as const) {
    refusesToken(t, await ask({ header: { alg }, sign: byDigest(digest) }), `${alg} by ${digest}`)
  }
})

t.test('section 3.1: a key is used with one algorithm, the one that its issuer published it for', async t => {
  const issuer = await Issuer.start(t)
  const { ask } = await protect(t, { issuer, plugin: { keysCooldownMs: 1 } })
  const { n, e, kty } = issuer.key.jwk
  const keys: Record<string, Record<string, unknown>> = {
    'alg RS384': { kty, n, e, kid: 'usual', alg: 'RS384' },
    'alg PS256': { kty, n, e, kid: 'usual', alg: 'PS256' },
    'alg HS256': { kty, n, e, kid: 'usual', alg: 'HS256' },
    'for encryption': { kty, n, e, kid: 'usual', use: 'enc' },
    'for other operations': { kty, n, e, kid: 'usual', key_ops: ['encrypt'] },
    symmetric: { kty: 'oct', k: encode('swordfish'), kid: 'usual', alg: 'RS256' },
    'of an elliptic curve': { ...createEcPair().publicKey.export({ format: 'jwk' }), kid: 'usual', alg: 'RS256' }
  }
  for (const [title, key] of Object.entries(keys)) {
    const resource = await protect(t, { issuer: Object.assign(await Issuer.start(t), { keys: [key, foreignKey.jwk] }) })
    refusesToken(t, await resource.ask({}), title)
    t.equal((await resource.ask({ key: foreignKey })).statusCode, 200, 'a good key beside it is used')
  }
  t.equal((await ask({})).statusCode, 200)
})

t.test('section 3.2: algorithms without cryptography, with a shared secret or of no use today are refused', async t => {
  const { ask } = await protect(t)
  for (const alg of ['none', 'HS256', 'HS384', 'HS512', 'RS1', 'RSA1_5', 'dir']) refusesToken(t, await ask({ header: { alg } }), alg)
})

t.test('section 3.3: a token is refused as a whole when any of its checks fails', async t => {
  const { ask } = await protect(t)
  const differences: Record<string, TokenDifference> = {
    'a good signature on wrong claims': { claims: { aud: 'api://other' } },
    'good claims under a wrong signature': { key: foreignKey, header: { kid: 'usual' } },
    'a psychic signature': { sign: () => encode(Buffer.alloc(256)) },
    'a signature of ones': { sign: () => encode(Buffer.concat([Buffer.alloc(255), Buffer.of(1)])) }
  }
  for (const [title, difference] of Object.entries(differences)) refusesToken(t, await ask(difference), title)
})

t.test('section 3.4: a public key that would make forging easy is not used', async t => {
  const { jwk } = publishedKey('weak', 'RFC 7517, A.2')
  for (const [title, e] of Object.entries({ one: 'AQ', 'one, with zeros before it': 'AAAB', three: 'Aw', even: 'AQAC', zero: 'AA', 'of many bytes': encode(Buffer.alloc(64, 255)) })) {
    const issuer = Object.assign(await Issuer.start(t), { keys: [{ ...jwk, e }, foreignKey.jwk] })
    const { ask } = await protect(t, { issuer })
    refusesToken(t, await ask({ header: { kid: 'weak' }, sign: signWithExponentOne }), `the exponent is ${title}`)
    t.equal((await ask({ key: foreignKey })).statusCode, 200, 'a good key beside it is used')
  }
})

t.test('section 3.5: an RSA key of less than 2048 bits is not used', async t => {
  const short: SigningKey = createSigningKey('short', 1024)
  const issuer = Object.assign(await Issuer.start(t), { keys: [short.jwk, foreignKey.jwk] })
  const { ask } = await protect(t, { issuer })

  refusesToken(t, await ask({ key: short }), '1024 bits')
  t.equal((await ask({ key: foreignKey })).statusCode, 200)
})

t.test('section 3.5: a key whose private half was published is not used', async t => {
  const { privateKey, jwk } = publishedKey('leaked', 'RFC 7517, A.2')
  const leaked = { ...privateKey.export({ format: 'jwk' }), ...jwk }
  const issuer = Object.assign(await Issuer.start(t), { keys: [leaked, foreignKey.jwk] })
  const { ask } = await protect(t, { issuer })

  refusesToken(t, await ask({ header: { kid: 'leaked' }, sign: input => sign('sha256', Buffer.from(input), privateKey).toString('base64url') }), 'anybody may have signed')
})

t.test('section 3.6: a compressed token is refused', async t => {
  const { ask, issuer } = await protect(t)
  refusesToken(t, await ask({ header: { zip: 'DEF' }, claimsText: deflateRawSync(JSON.stringify(issuer.claims())) }), 'compressed')
  refusesToken(t, await ask({ header: { zip: 'DEF' } }), 'said to be')
})

t.test('section 3.7: claims in another encoding than UTF-8 are refused', async t => {
  const { ask, issuer } = await protect(t)
  const claims = JSON.stringify(issuer.claims({ sub: 'adä@example.com' }))

  refusesToken(t, await ask({ claimsText: Buffer.from(claims, 'utf16le') }), 'UTF-16')
  refusesToken(t, await ask({ claimsText: Buffer.from(claims, 'latin1') }), 'Latin 1')
  t.equal((await ask({ claimsText: claims })).json<{ sub: string }>().sub, 'adä@example.com')
})

t.test('section 3.8: the keys of one issuer do not verify tokens of another', async t => {
  const one = await Issuer.start(t, { path: '/oauth2/one' })
  const other = await Issuer.start(t, { path: '/oauth2/other', key: foreignKey })
  const issuers = [{ issuer: one.url, audience: AUDIENCE }, { issuer: other.url, audience: AUDIENCE }]
  const { ask } = await protect(t, { issuer: one, options: { issuers } })

  t.equal((await ask(one.mint())).statusCode, 200)
  t.equal((await ask(other.mint())).statusCode, 200)
  refusesToken(t, await ask(other.mint({ claims: { iss: one.url } })), 'signed by the other in the name of the one')
  refusesToken(t, await ask(other.mint({ claims: { iss: one.url }, header: { kid: 'usual' } })), 'under the kid of the one')
})

t.test('section 3.8: audiences are held for each issuer by itself', async t => {
  const one = await Issuer.start(t, { path: '/oauth2/one' })
  const other = await Issuer.start(t, { path: '/oauth2/other' })
  const issuers = [{ issuer: one.url, audience: 'api://one' }, { issuer: other.url, audience: 'api://other' }]
  const { ask } = await protect(t, { issuer: one, options: { issuers } })

  t.equal((await ask(one.mint({ claims: { aud: 'api://one' } }))).statusCode, 200)
  refusesToken(t, await ask(one.mint({ claims: { aud: 'api://other' } })), 'the audience of the other issuer')
})

t.test('section 3.8: nothing is fetched for an issuer that is not trusted', async t => {
  const attacker = await Issuer.start(t, { key: foreignKey })
  const { ask } = await protect(t)

  refusesToken(t, await ask(attacker.mint()), 'the token of a stranger')
  t.equal(attacker.requests.length, 0)
})

t.test('section 3.8: a token without a subject is refused', async t => {
  const { ask } = await protect(t)
  for (const sub of [undefined, '', null]) refusesToken(t, await ask({ claims: { sub } }), String(sub))
})

t.test('section 3.9: a token whose audience is absent or another is refused', async t => {
  const { ask } = await protect(t)
  for (const aud of [undefined, [], 'api://other']) refusesToken(t, await ask({ claims: { aud } }), String(aud))
})

t.test('section 3.10: kid reaches no file, no table of names and no log of fetches', async t => {
  const { ask, issuer } = await protect(t, { plugin: { keysCooldownMs: 60_000 } })
  const before = issuer.fetches
  for (const kid of ['../../../../dev/null', 'file:///etc/passwd', "' OR 1=1 --", '__proto__', 'toString', 'a\r\nb', '\u0000', '\u001b[31m']) {
    refusesToken(t, await ask({ header: { kid } }), JSON.stringify(kid))
  }
  t.ok(issuer.fetches - before <= 1, 'one fetch at most, for all of them')
})

t.test('section 3.11: a type that is another kind of token\'s is refused', async t => {
  const { ask } = await protect(t)
  for (const typ of ['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id_token+jwt', 'rt+jwt', 'token-introspection+jwt', 'jwt+at', '', null, 1, ['JWT'], {}]) {
    refusesToken(t, await ask({ header: { typ } }), JSON.stringify(typ))
  }
})

t.test('section 3.12: an ID token is refused, and the answer says so', async t => {
  const { ask } = await protect(t)
  const claims = { jti: 'ID.dz6ibX', cid: undefined, uid: undefined, scp: undefined, amr: ['pwd'], idp: '00o1', nonce: 'n', at_hash: 'a' }
  const response = await ask({ claims: { ...claims, aud: '0oa1a2b3c4d5e6f7g8h9' } })

  refusesToken(t, response, 'with the client as its audience')
  t.match(parametersOf(response.headers['www-authenticate']), { error_description: /ID token/ })
  refusesToken(t, await ask({ claims: { ...claims, aud: AUDIENCE } }), 'whose audience is the same text as ours')
  refusesToken(t, await ask({ claims: { ...claims, jti: 'x' } }), 'whose jti does not say it')
})

t.test('section 3.12: an access token of the org authorization server is refused, and the answer says so', async t => {
  const { ask, issuer } = await protect(t)
  const { origin } = new URL(issuer.url)
  const response = await ask({ header: { typ: 'application/okta-internal-at+jwt' }, claims: { iss: origin, aud: origin } })

  refusesToken(t, response, 'from the org server')
  t.match(parametersOf(response.headers['www-authenticate']), { error_description: /org authorization server/ })
  refusesToken(t, await ask({ header: { typ: 'application/okta-internal-at+jwt' } }), 'of its type')
})

t.test('section 3.12: a logout token or another security event is refused', async t => {
  const { ask } = await protect(t)
  for (const events of [{ 'http://schemas.openid.net/event/backchannel-logout': {} }, {}, null]) {
    refusesToken(t, await ask({ claims: { events } }), JSON.stringify(events))
  }
})

t.test('section 3.12: a proof of possession is not an access token, and an access token is not a proof', async t => {
  const { app, ask, issuer } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const accessToken = issuer.mint()

  refusesToken(t, await ask(prove(accessToken)), 'a proof in the place of a token')
  const headers = { authorization: `DPoP ${issuer.mint({ claims: { cnf: { jkt: 'a'.repeat(43) } } })}`, dpop: accessToken }
  t.equal((await app.inject({ url: '/claims', headers })).json<{ code: string }>().code, 'FST_OKTA_INVALID_DPOP_PROOF')
})
