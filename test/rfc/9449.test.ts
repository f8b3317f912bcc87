import { createHmac, sign } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import { calculateJwkThumbprint, type JWK } from 'jose'
import t, { type Test } from 'tap'
import type { DpopOptions } from 'fastify-okta'
import { createEcPair, createEdPair, createRsaPair, type KeyPair } from '../kit/key-pair.js'
import { usualKey } from '../kit/signing-key.js'
import { parametersOf, readChallenges } from './challenge.js'
import { encode, type TokenDifference } from '../kit/access-token.js'
import { Issuer, json } from '../kit/issuer.js'
import { clientsKey, createEcKey, prove as proveFor, type ProofDifference } from '../kit/dpop-proof.js'
import { askBySocket, protect, PUBLIC_URL, type ProtectedResource } from './protected-resource.js'
import { nowSeconds } from '../kit/clock.js'

/** Proves for `GET /claims`. */
const prove = (accessToken: string, difference: ProofDifference = {}): string => proveFor(accessToken, { url: `${PUBLIC_URL}/claims`, ...difference })

interface ResourceWithProofs extends ProtectedResource {
  /** A token that is bound to the client's key. */
  mintBound (difference?: TokenDifference): string
  /** Asks with a bound token and a proof. */
  prove (difference?: ProofDifference, request?: { accessToken?: string, url?: string, method?: 'GET' | 'POST' }): Promise<LightMyRequestResponse>
}

async function protectByProof (t: Test, dpop: DpopOptions = {}, publicUrl = PUBLIC_URL): Promise<ResourceWithProofs> {
  const resource = await protect(t, { plugin: { publicUrl, dpop } })
  const { app, issuer } = resource
  const mintBound = (difference: TokenDifference = {}): string =>
    issuer.mint({ ...difference, claims: { cnf: { jkt: clientsKey.thumbprint }, ...difference.claims } })
  return {
    ...resource,
    mintBound,
    prove: async (difference, { accessToken = mintBound(), url = '/claims', method = 'GET' } = {}) =>
      await app.inject({ method, url, headers: { authorization: `DPoP ${accessToken}`, dpop: prove(accessToken, difference) } })
  }
}

function refusesProof (t: Test, response: LightMyRequestResponse, title: string): void {
  t.match({ status: response.statusCode, error: parametersOf(response.headers['www-authenticate'], 'DPoP')?.['error'], cache: response.headers['cache-control'] }, {
    status: 401, error: 'invalid_dpop_proof', cache: 'no-store'
  }, title)
}

t.test('section 4.2: proofs are signed with asymmetric algorithms, each by its kind of key', async t => {
  const { prove, mintBound } = await protectByProof(t)
  const kinds: Array<[alg: string, digest: string | null, pair: KeyPair]> = [
    ['ES256', 'sha256', createEcPair()],
    ['ES384', 'sha384', createEcPair('P-384')],
    ['RS256', 'sha256', usualKey],
    ['EdDSA', null, createEdPair()]
  ]
  for (const [alg, digest, { privateKey, publicKey }] of kinds) {
    const jwk = publicKey.export({ format: 'jwk' }) as JWK
    const response = await prove({
      header: { alg, jwk },
      sign: input => sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')
    }, { accessToken: mintBound({ claims: { cnf: { jkt: await calculateJwkThumbprint(jwk) } } }) })
    t.equal(response.statusCode, 200, alg)
  }
})

t.test('section 4.3: a request has exactly one proof', async t => {
  const { app, mintBound } = await protectByProof(t)
  const accessToken = mintBound()
  const [one, other] = [prove(accessToken), prove(accessToken)]
  const authorization = ['Authorization', `DPoP ${accessToken}`] as const
  const answers = {
    none: await askBySocket(app, '/claims', [authorization]),
    'in two lines': await askBySocket(app, '/claims', [authorization, ['DPoP', one], ['DPoP', other]]),
    'the same in two lines': await askBySocket(app, '/claims', [authorization, ['DPoP', one], ['dpop', one]]),
    'in one line': await askBySocket(app, '/claims', [authorization, ['DPoP', `${one}, ${other}`]]),
    'an empty one': await askBySocket(app, '/claims', [authorization, ['DPoP', '']])
  }
  for (const [title, { statusCode, headers }] of Object.entries(answers)) {
    t.equal(statusCode, 401, title)
    t.match(String(headers['www-authenticate']), /DPoP .*error="invalid_dpop_proof"/, title)
  }
})

t.test('section 4.3: a proof must be one well-formed JWT', async t => {
  const { app, mintBound } = await protectByProof(t)
  const accessToken = mintBound()
  const [header, claims, signature] = prove(accessToken).split('.') as [string, string, string]
  for (const proof of ['x', `${header}.${claims}`, `${header}.${claims}.${signature}.x`, `${header}.${claims}.${signature}=`, `${header}.${claims}.`, `${encode('[]')}.${claims}.${signature}`, `${header}.${encode('null')}.${signature}`, 'a'.repeat(9000)]) {
    refusesProof(t, await app.inject({ url: '/claims', headers: { authorization: `DPoP ${accessToken}`, dpop: proof } }), proof.slice(-12))
  }
})

t.test('section 4.3: every claim of a proof must be there', async t => {
  const { prove } = await protectByProof(t)
  for (const claim of ['jti', 'htm', 'htu', 'iat', 'ath']) refusesProof(t, await prove({ claims: { [claim]: undefined } }), claim)
  for (const jti of ['', 1, ['a'], 'x'.repeat(10_000)]) refusesProof(t, await prove({ claims: { jti } }), `jti ${JSON.stringify(jti).slice(0, 12)}`)
})

t.test('section 4.3: typ must be dpop+jwt', async t => {
  const { prove } = await protectByProof(t)
  for (const typ of [undefined, 'JWT', 'at+jwt', 'dpop', 'application/x-dpop+jwt', ['dpop+jwt'], null]) refusesProof(t, await prove({ header: { typ } }), JSON.stringify(typ) ?? 'none')
  t.equal((await prove({ header: { typ: 'DPoP+JWT' } })).statusCode, 200, 'in any case')
})

t.test('section 4.3: alg must be an asymmetric signature algorithm that is supported', async t => {
  const { prove, app, mintBound } = await protectByProof(t)
  for (const alg of [undefined, 'none', 'None', 'HS256', 'ES256K', 'RSA-OAEP', 'dir', 1, null]) refusesProof(t, await prove({ header: { alg } }), String(alg))
  const accessToken = mintBound()
  const unsigned = `${encode(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: clientsKey.jwk }))}.${encode('{}')}.`
  refusesProof(t, await app.inject({ url: '/claims', headers: { authorization: `DPoP ${accessToken}`, dpop: unsigned } }), 'without a signature')
})

t.test('section 4.3: the signature must be by the key in jwk', async t => {
  const { prove } = await protectByProof(t)
  const other = await createEcKey()
  refusesProof(t, await prove({ key: other, header: { jwk: clientsKey.jwk } }), 'by another key')
  refusesProof(t, await prove({ sign: () => encode(Buffer.alloc(64)) }), 'a psychic signature')
  refusesProof(t, await prove({ header: { jwk: undefined } }), 'without a jwk')
  refusesProof(t, await prove({ header: { jwk: undefined, kid: clientsKey.thumbprint } }), 'a kid in its place')
  for (const jwk of [null, 'x', [clientsKey.jwk], {}, { kty: 'EC' }, { ...clientsKey.jwk, x: clientsKey.jwk.y, y: clientsKey.jwk.x }]) refusesProof(t, await prove({ header: { jwk } }), JSON.stringify(jwk).slice(0, 24))
})

t.test('section 4.3: jwk must not be a private or a symmetric key', async t => {
  const { prove } = await protectByProof(t)
  const secret = encode('swordfish')
  refusesProof(t, await prove({ header: { jwk: clientsKey.privateKey.export({ format: 'jwk' }) } }), 'private')
  refusesProof(t, await prove({ header: { alg: 'HS256', jwk: { kty: 'oct', k: secret } }, sign: input => createHmac('sha256', 'swordfish').update(input).digest('base64url') }), 'symmetric')
  refusesProof(t, await prove({ header: { jwk: { ...clientsKey.jwk, k: secret } } }), 'both')
})

t.test('section 4.3: htm must be the method of the request, in its case', async t => {
  const { prove } = await protectByProof(t)
  t.equal((await prove({ claims: { htm: 'POST' } }, { method: 'POST' })).statusCode, 200)
  for (const htm of ['POST', 'get', 'GET ', '', null, ['GET']]) refusesProof(t, await prove({ claims: { htm } }), JSON.stringify(htm))
  refusesProof(t, await prove({ claims: { htm: 'GET' } }, { method: 'POST' }), 'GET for a POST')
})

t.test('section 4.3: htu must be the URI of the request without query and fragment', async t => {
  const { prove } = await protectByProof(t)
  for (const htu of ['https://evil.example/claims', 'http://greetings.example/claims', `${PUBLIC_URL}/`, `${PUBLIC_URL}/public`, `${PUBLIC_URL}/claims/`, `${PUBLIC_URL}/CLAIMS`, `${PUBLIC_URL}:8443/claims`, 'https://ada:secret@greetings.example/claims', '/claims', '', null, 1]) {
    refusesProof(t, await prove({ claims: { htu } }), JSON.stringify(htu))
  }
  t.equal((await prove({}, { url: '/claims?a=b' })).statusCode, 200, 'the query of the request does not count')
})

t.test('section 4.3: URIs are compared after normalization', async t => {
  const { prove } = await protectByProof(t)
  for (const htu of ['HTTPS://GREETINGS.EXAMPLE/claims', 'https://greetings.example:443/claims', 'https://greetings.example/x/../claims']) {
    t.equal((await prove({ claims: { htu } })).statusCode, 200, htu)
  }
})

t.test('section 4.3: htu is compared with the service\'s own address, never with what a client says it is', async t => {
  const { app, mintBound } = await protectByProof(t)
  const accessToken = mintBound()
  const headers = { authorization: `DPoP ${accessToken}`, dpop: prove(accessToken, { claims: { htu: 'https://evil.example/claims' } }) }

  refusesProof(t, await app.inject({ url: '/claims', headers: { ...headers, host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } }), 'Host and X-Forwarded-Host')
})

t.test('section 4.3: where the service has a path before its own, htu has it too', async t => {
  const { prove } = await protectByProof(t, {}, `${PUBLIC_URL}/api`)
  t.equal((await prove({ claims: { htu: `${PUBLIC_URL}/api/claims` } })).statusCode, 200)
  refusesProof(t, await prove({ claims: { htu: `${PUBLIC_URL}/claims` } }), 'without it')
})

t.test('section 4.3: iat must be within an acceptable time', async t => {
  const { prove } = await protectByProof(t, { proofLifetimeSeconds: 60 })
  for (const iat of [nowSeconds() - 120, nowSeconds() + 600, String(nowSeconds()), null, -1, 1e300, [nowSeconds()]]) refusesProof(t, await prove({ claims: { iat } }), JSON.stringify(iat))
  t.equal((await prove({ claims: { iat: nowSeconds() - 30 } })).statusCode, 200)
  t.equal((await prove({ claims: { iat: nowSeconds() + 10 } })).statusCode, 200, 'clocks differ a little')
})

t.test('section 4.3: ath must be the digest of the access token that comes with the proof', async t => {
  const { app, prove: ask, mintBound } = await protectByProof(t)
  for (const ath of ['', 'x', null, 1, [], 'A'.repeat(43)]) refusesProof(t, await ask({ claims: { ath } }), JSON.stringify(ath))
  const [one, other] = [mintBound(), mintBound({ claims: { jti: 'AT.other' } })]
  refusesProof(t, await app.inject({ url: '/claims', headers: { authorization: `DPoP ${one}`, dpop: prove(other) } }), 'of another token')
})

t.test('section 4.3: the key of the proof must be the one that the access token is bound to', async t => {
  const { prove } = await protectByProof(t)
  const response = await prove({ key: await createEcKey() })

  t.equal(response.statusCode, 401)
  t.equal(parametersOf(response.headers['www-authenticate'], 'DPoP')?.['error'], 'invalid_token')
})

t.test('section 4.3: parameters that would change what a proof means are refused', async t => {
  const { prove } = await protectByProof(t)
  for (const header of [{ crit: ['b64'], b64: false }, { crit: ['x'], x: 1 }, { b64: false }, { zip: 'DEF' }, { cty: 'JWT' }]) refusesProof(t, await prove({ header }), JSON.stringify(header))
})

t.test('section 6: the binding of a token is part of what its issuer signed', async t => {
  const { prove, mintBound } = await protectByProof(t)
  const other = await createEcKey()
  const [header, , signature] = mintBound().split('.')
  const [, claims] = mintBound({ claims: { cnf: { jkt: other.thumbprint } } }).split('.')
  const response = await prove({ key: other }, { accessToken: `${header}.${claims}.${signature}` })

  t.equal(parametersOf(response.headers['www-authenticate'], 'DPoP')?.['error'], 'invalid_token')
})

t.test('section 6.1: a token whose confirmation is not understood is refused, with a proof or without', async t => {
  const { ask, prove, mintBound } = await protectByProof(t)
  for (const cnf of [null, '', 'x', [], {}, { jkt: '' }, { jkt: 1 }, { jkt: 'short' }, { jkt: clientsKey.thumbprint, 'x5t#S256': 'a' }, { 'x5t#S256': 'a' }, { jwk: clientsKey.jwk }]) {
    const accessToken = mintBound({ claims: { cnf } })
    t.match(parametersOf((await ask(accessToken)).headers['www-authenticate']), { error: 'invalid_token' }, `Bearer ${JSON.stringify(cnf)}`)
    t.match(parametersOf((await prove({}, { accessToken })).headers['www-authenticate'], 'DPoP'), { error: 'invalid_token' }, `DPoP ${JSON.stringify(cnf)}`)
  }
})

t.test('section 6.2: the binding of a token that the issuer was asked about is held, too', async t => {
  const issuer = await Issuer.start(t)
  const { cid, scp, ver, ...claims } = issuer.claims({ cnf: { jkt: clientsKey.thumbprint } })
  issuer.introspectionAnswer = json(200, { active: true, token_type: 'DPoP', ...claims, client_id: cid })
  const { app, ask } = await protect(t, { issuer, plugin: { publicUrl: PUBLIC_URL }, introspection: { clientId: 'resource', clientSecret: 'swordfish' } })
  const headers = { authorization: 'DPoP opaque-token', dpop: prove('opaque-token') }

  t.equal((await app.inject({ url: '/claims', headers })).statusCode, 200)
  t.equal((await ask('opaque-token')).statusCode, 401, 'as a bearer token')
})

t.test('section 7.1: a bound token with a good proof is accepted, and the scheme is read in any case', async t => {
  const { app, mintBound } = await protectByProof(t)
  for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
    const accessToken = mintBound()
    t.equal((await app.inject({ url: '/claims', headers: { authorization: `${scheme} ${accessToken}`, dpop: prove(accessToken) } })).statusCode, 200, scheme)
  }
})

t.test('section 7.1: credentials that are malformed are refused as an invalid request, in their own scheme', async t => {
  const { app } = await protectByProof(t)
  for (const authorization of ['DPoP', 'DPoP ', 'DPoP a b', 'DPoP a,b', 'DPoP "a"']) {
    const response = await app.inject({ url: '/claims', headers: { authorization } })
    t.equal(response.statusCode, 400, authorization)
    t.equal(parametersOf(response.headers['www-authenticate'], 'DPoP')?.['error'], 'invalid_request')
  }
})

t.test('section 7.1: a request without credentials is challenged in every accepted scheme, with the algorithms of proofs and no error', async t => {
  for (const [mode, schemes] of Object.entries({ off: ['Bearer'], allowed: ['Bearer', 'DPoP'], required: ['DPoP'] })) {
    const { app } = await protectByProof(t, { mode: mode as 'off' })
    const challenges = readChallenges((await app.inject('/claims')).headers['www-authenticate'])

    t.strictSame(challenges.map(({ scheme }) => scheme), schemes, mode)
    for (const { scheme, parameters } of challenges) {
      const { error, algs } = Object.fromEntries(parameters)
      t.equal(error, undefined)
      t.match(algs, scheme === 'DPoP' ? /^(?:[A-Za-z0-9]+ )*ES256(?: [A-Za-z0-9]+)*$/ : undefined)
      t.notMatch(algs ?? '', /none|HS/)
    }
  }
})

t.test('section 7.1: what is wrong is said in the challenge of the scheme that was used', async t => {
  const { ask, prove } = await protectByProof(t)
  const [bearer, dpop] = [(await ask('abc')).headers['www-authenticate'], (await prove({ claims: { htm: 'PUT' } })).headers['www-authenticate']]

  t.match([parametersOf(bearer, 'Bearer')?.['error'], parametersOf(bearer, 'DPoP')?.['error']], ['invalid_token', undefined])
  t.match([parametersOf(dpop, 'Bearer')?.['error'], parametersOf(dpop, 'DPoP')?.['error']], [undefined, 'invalid_dpop_proof'])
})

t.test('section 7.1: a bearer token under the scheme DPoP is refused, with a proof or without', async t => {
  const { app, issuer } = await protectByProof(t)
  const accessToken = issuer.mint()
  for (const headers of [{ dpop: prove(accessToken) }, {}]) {
    const response = await app.inject({ url: '/claims', headers: { authorization: `DPoP ${accessToken}`, ...headers } })
    t.equal(response.statusCode, 401)
    t.equal(parametersOf(response.headers['www-authenticate'], 'DPoP')?.['error'], 'invalid_token')
  }
})

t.test('section 7.2: a bound token that is sent as a bearer token is refused, with a proof or without, whatever the mode', async t => {
  for (const mode of ['off', 'allowed', 'required'] as const) {
    const { app, mintBound } = await protectByProof(t, { mode })
    const accessToken = mintBound()
    for (const headers of [{ dpop: prove(accessToken) }, {}]) {
      const response = await app.inject({ url: '/claims', headers: { authorization: `Bearer ${accessToken}`, ...headers } })
      t.equal(response.statusCode, 401, mode)
      t.match(JSON.stringify(response.headers['www-authenticate']), /error=\\"invalid_token/, mode)
    }
  }
})

t.test('section 7.2: bearer tokens are accepted beside bound ones, unless proofs are required', async t => {
  const allowed = await protectByProof(t)
  const required = await protectByProof(t, { mode: 'required' })

  t.equal((await allowed.ask({})).statusCode, 200)
  const refused = await required.ask({})
  t.equal(refused.statusCode, 401)
  t.equal(parametersOf(refused.headers['www-authenticate'], 'DPoP')?.['error'], 'invalid_token')
  t.notOk(parametersOf(refused.headers['www-authenticate'], 'Bearer'), 'which is not offered')
})

t.test('section 8.2: a new nonce comes with answers that succeed, too', async t => {
  const { app, mintBound } = await protectByProof(t, { nonceLifetimeSeconds: 60 })
  const nonce = String((await app.inject('/claims')).headers['dpop-nonce'])
  const accessToken = mintBound()
  const { statusCode, headers } = await app.inject({ url: '/claims', headers: { authorization: `DPoP ${accessToken}`, dpop: prove(accessToken, { claims: { nonce } }) } })

  t.equal(statusCode, 200)
  t.match(headers['dpop-nonce'], /^[\x21\x23-\x5b\x5d-\x7e]+$/)
})

t.test('section 9: a proof without the nonce, or with another, is 401 with use_dpop_nonce and the nonce to use', async t => {
  const { prove } = await protectByProof(t, { nonceLifetimeSeconds: 60 })
  for (const nonce of [undefined, '', 'x', null, 1, 'A'.repeat(43)]) {
    const response = await prove({ claims: { nonce } })
    t.equal(response.statusCode, 401, String(nonce))
    t.equal(parametersOf(response.headers['www-authenticate'], 'DPoP')?.['error'], 'use_dpop_nonce')
    t.equal((await prove({ claims: { nonce: response.headers['dpop-nonce'] } })).statusCode, 200, 'with that nonce')
  }
})

t.test('section 9: a nonce is of use for a limited time', async t => {
  const { prove } = await protectByProof(t, { nonceLifetimeSeconds: 60, proofLifetimeSeconds: 60 })
  const clock = { ms: Date.now() }
  t.intercept(Date, 'now', { value: () => clock.ms, configurable: true })
  const nonce = (await prove()).headers['dpop-nonce']
  clock.ms += 59_000
  t.equal((await prove({ claims: { nonce } })).statusCode, 200)
  clock.ms += 120_000

  t.equal(parametersOf((await prove({ claims: { nonce } })).headers['www-authenticate'], 'DPoP')?.['error'], 'use_dpop_nonce')
})

t.test('section 11.1: a proof is accepted once', async t => {
  const { app, mintBound } = await protectByProof(t)
  const accessToken = mintBound()
  const headers = { authorization: `DPoP ${accessToken}`, dpop: prove(accessToken) }
  const answers = await Promise.all([1, 2, 3, 4].map(async () => await app.inject({ url: '/claims', headers })))

  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 401, 401, 401])
  refusesProof(t, await app.inject({ url: '/claims', headers }), 'later')
})

t.test('section 11.1: a jti is used once with its key, in another proof and with another token too', async t => {
  const { prove, mintBound } = await protectByProof(t)
  t.equal((await prove({ claims: { jti: 'one' } })).statusCode, 200)
  refusesProof(t, await prove({ claims: { jti: 'one', iat: nowSeconds() - 1 } }, { accessToken: mintBound({ claims: { jti: 'AT.other' } }) }), 'the same jti')
  const other = await createEcKey()
  t.equal((await prove({ key: other, claims: { jti: 'one' } }, { accessToken: mintBound({ claims: { cnf: { jkt: other.thumbprint } } }) })).statusCode, 200, 'another client\'s')
})

t.test('section 11.1: a proof that was refused uses up no jti', async t => {
  const { prove } = await protectByProof(t)
  refusesProof(t, await prove({ claims: { jti: 'one', htm: 'PUT' } }), 'another method')

  t.equal((await prove({ claims: { jti: 'one' } })).statusCode, 200)
})

t.test('section 11.1: if the store cannot say whether a proof was used before, the answer is 503', async t => {
  const full = await protectByProof(t, { maxReplays: 1 })
  t.equal((await full.prove()).statusCode, 200)
  const response = await full.prove()

  t.equal(response.statusCode, 503)
  t.match(response.headers['retry-after'], /^[1-9]\d*$/)
  t.notOk(response.headers['www-authenticate'])
})

t.test('section 11.2: a proof cannot be made long ahead of its use', async t => {
  const { prove } = await protectByProof(t)
  refusesProof(t, await prove({ claims: { iat: nowSeconds() + 3600 } }), 'of the next hour')
})

t.test('section 11.6: a public key of a proof that would make forging easy is refused', async t => {
  const { prove } = await protectByProof(t)
  const { privateKey, jwk } = usualKey
  const signed = (input: string): string => sign('sha256', Buffer.from(input), privateKey).toString('base64url')

  for (const e of ['AQ', 'Aw', 'AQAC', '']) refusesProof(t, await prove({ header: { alg: 'RS256', jwk: { ...jwk, e } }, sign: signed }), `the exponent ${e}`)
  const short = createRsaPair(1024)
  refusesProof(t, await prove({ header: { alg: 'RS256', jwk: short.publicKey.export({ format: 'jwk' }) }, sign: input => sign('sha256', Buffer.from(input), short.privateKey).toString('base64url') }), '1024 bits')
})
