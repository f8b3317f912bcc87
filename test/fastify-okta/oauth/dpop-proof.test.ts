import { createHmac } from 'node:crypto'
import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import { DpopReplayStoreUnavailableError, InvalidDpopProofError, InvalidTokenError } from '#fastify-okta/errors.js'
import { DpopNonces } from '#fastify-okta/oauth/dpop-nonces.js'
import { createVerifyDpopProof, DPOP_ALGORITHMS, hashAccessToken, type DpopProofOptions, type ProvenRequest } from '#fastify-okta/oauth/dpop-proof.js'
import { InMemoryDpopReplayStore, type DpopReplayStore, type UsedProof } from '#fastify-okta/oauth/dpop-replay-store.js'
import { stopClock } from '../../kit/clock.js'
import { clientsKey, createEcKey, createEdKey, createRsaKey, prove, PUBLIC_URL, type ProofDifference } from '../../kit/dpop-proof.js'
import { failureOf } from '../../kit/refusal.js'
import { numberOf } from '../../kit/rsa-number.js'

const TOKEN = 'header.claims.signature'
const rsaKey = await createRsaKey()

function options (difference: Partial<DpopProofOptions> = {}): DpopProofOptions {
  return { publicUrl: PUBLIC_URL, proofLifetimeSeconds: 60, clockToleranceSeconds: 30, replayStore: new InMemoryDpopReplayStore(1000), nonces: null, ...difference }
}

function requestOf (proof: string | ProofDifference, difference: Partial<ProvenRequest> = {}): ProvenRequest {
  const text = typeof proof === 'string' ? proof : prove(TOKEN, proof)
  return { method: 'GET', target: '/me', proofs: [text], accessTokenHash: hashAccessToken(TOKEN), thumbprint: clientsKey.thumbprint, caller: 'ada', ...difference }
}

/** Why a proof is refused; `undefined` if it is not. */
async function faultOf (proof: string | ProofDifference, { request, ...difference }: Partial<DpopProofOptions> & { request?: Partial<ProvenRequest> } = {}): Promise<string | undefined> {
  try {
    await createVerifyDpopProof(options(difference))(requestOf(proof, request))
    return undefined
  } catch (error) {
    if (error instanceof InvalidDpopProofError || error instanceof InvalidTokenError) return error.reason
    throw error
  }
}

t.test('a proof by the key that the token is bound to is good', async t => {
  t.equal(await faultOf({}), undefined)
  for (const key of [rsaKey, await createEdKey()]) t.equal(await faultOf({ key }, { request: { thumbprint: key.thumbprint } }), undefined, key.alg)
  t.equal(await faultOf({ header: { typ: 'DPoP+JWT', kid: 'a', jku: 'https://attacker.example' } }), undefined)
})

t.test('it is signed by any of the algorithms that challenges name', async t => {
  for (const alg of DPOP_ALGORITHMS) {
    const { publicKey, privateKey } = await generateKeyPair(alg === 'EdDSA' ? 'Ed25519' : alg, { extractable: true })
    const jwk = await exportJWK(publicKey)
    const claims = Buffer.from(prove(TOKEN).split('.')[1] as string, 'base64url')
    const proof = await new CompactSign(claims).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk }).sign(privateKey)
    t.equal(await faultOf(proof, { request: { thumbprint: await calculateJwkThumbprint(jwk) } }), undefined, alg)
  }
  t.same(DPOP_ALGORITHMS, ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'])
})

t.test('there is one proof', async t => {
  const proof = prove(TOKEN)
  t.equal(await faultOf('', { request: { proofs: [] } }), 'missing')
  t.equal(await faultOf('', { request: { proofs: [proof, prove(TOKEN)] } }), 'missing')
  t.equal(await faultOf(`${proof}, ${proof}`), 'malformed')
})

t.test('anything but a signed token is refused', async t => {
  const proof = prove(TOKEN)
  for (const malformed of ['', 'a', 'a.b.c', `${proof}=`, `${proof}.a`, proof.slice(0, proof.lastIndexOf('.') + 1), ' ', 'a'.repeat(8193)]) {
    t.equal(await faultOf(malformed), 'malformed', malformed.slice(0, 20))
  }
  t.equal(await faultOf({ claims: { padding: 'a'.repeat(8192) } }), 'malformed', 'too long')
  for (const header of [{ crit: ['a'] }, { b64: false }, { zip: 'DEF' }, { enc: 'a' }, { cty: 'JWT' }]) t.equal(await faultOf({ header }), 'malformed', JSON.stringify(header))
})

t.test('its type is dpop+jwt', async t => {
  for (const typ of [undefined, null, 'JWT', 'at+jwt', 'application/dpop+jwt', 'dpop+jwt ', 1, ['dpop+jwt']]) t.equal(await faultOf({ header: { typ } }), 'type', String(typ))
})

t.test('its algorithm is asymmetric', async t => {
  for (const alg of [undefined, null, 'none', 'HS256', 'HS512', 'es256', 'ES256K', 'RSA1_5', '', ['ES256']]) t.equal(await faultOf({ header: { alg } }), 'algorithm', String(alg))
})

t.test('its key is public, and strong', async t => {
  const { jwk } = clientsKey
  const keys: unknown[] = [
    undefined, null, 'a', 1, [], [jwk], ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map(member => ({ ...jwk, [member]: 'a' })),
    { ...rsaKey.jwk, e: numberOf(1) }, { ...rsaKey.jwk, e: numberOf(65_538) }, { ...rsaKey.jwk, n: 'AQAB' }, { ...rsaKey.jwk, n: undefined }
  ]
  for (const key of keys) t.equal(await faultOf({ header: { jwk: key } }), 'key', JSON.stringify(key)?.slice(0, 60))
  const unfit: Record<string, ProofDifference> = {
    'for another curve': { header: { alg: 'ES384' } },
    'for another type of key': { header: { alg: 'RS256' } },
    symmetric: { header: { jwk: { kty: 'oct', k: 'a' } }, sign: (input) => createHmac('sha256', 'a').update(input).digest() },
    'without a type': { header: { jwk: {} } },
    'off the curve': { header: { jwk: { ...jwk, x: jwk.y } } },
    'of another curve': { header: { jwk: { ...jwk, crv: 'P-384' } } },
    'of an unknown curve': { header: { jwk: { ...jwk, crv: 'P-257' } } },
    'for encryption': { header: { jwk: { ...jwk, use: 'enc' } } },
    'for signing only': { header: { jwk: { ...jwk, key_ops: ['sign'] } } },
    'of another algorithm': { header: { jwk: { ...jwk, alg: 'ES384' } } }
  }
  for (const [title, proof] of Object.entries(unfit)) t.equal(await faultOf(proof), 'key', title)
  t.equal(await faultOf({ header: { jwk: { ...jwk, use: 'sig', key_ops: ['verify'], alg: 'ES256', kid: 'a', x5c: [1] } } }), undefined)
  const weak = await createRsaKey(1024)
  t.equal(await faultOf({ key: weak }, { request: { thumbprint: weak.thumbprint } }), 'key', '1024 bits')
})

t.test('a member of its header may be of any type, and the proof is refused', async (t) => {
  const values: unknown[] = [null, true, 0, -1.5, '', 'é', [], [clientsKey.jwk.x], {}, { toString: 'a' }, { constructor: 'a' }]
  for (const member of ['kty', 'crv', 'x', 'y', 'use', 'alg', 'key_ops']) {
    for (const value of values) t.equal(await faultOf({ header: { jwk: { ...clientsKey.jwk, [member]: value } } }), 'key', `${member}: ${JSON.stringify(value)}`)
  }
  for (const member of ['kty', 'n', 'e']) {
    for (const value of values) {
      t.equal(await faultOf({ key: rsaKey, header: { jwk: { ...rsaKey.jwk, [member]: value } } }, { request: { thumbprint: rsaKey.thumbprint } }), 'key', `${member}: ${JSON.stringify(value)}`)
    }
  }
  for (const value of values) {
    t.equal(await faultOf({ header: { jwk: value } }), 'key', JSON.stringify(value))
    t.equal(await faultOf({ header: { typ: value } }), 'type', JSON.stringify(value))
    t.equal(await faultOf({ header: { alg: value } }), 'algorithm', JSON.stringify(value))
    for (const claim of ['jti', 'htm', 'htu', 'iat', 'ath']) {
      if (typeof value !== 'string' || claim !== 'jti') t.ok(await faultOf({ claims: { [claim]: value } }), `${claim}: ${JSON.stringify(value)}`)
    }
  }
})

t.test('names that objects have already may stand in its header and among its claims', async (t) => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'toJSON', 'then']) {
    t.equal(await faultOf({ header: { [name]: 'a' }, claims: { [name]: 'a' } }), undefined, name)
    t.equal(await faultOf({ header: { jwk: { ...clientsKey.jwk, [name]: 'a' } } }), undefined, name)
  }
})

t.test('its signature is by that key', async t => {
  const other = await createEcKey()
  const forged: Record<string, ProofDifference> = {
    'by another': { sign: other.sign },
    'under another key': { header: { jwk: other.jwk } },
    'of zeros': { sign: () => Buffer.alloc(64) },
    'too long': { sign: (input) => Buffer.concat([clientsKey.sign(input), Buffer.alloc(1)]) },
    'too short': { sign: (input) => clientsKey.sign(input).subarray(1) },
    'of another request': { sign: () => clientsKey.sign('another') }
  }
  for (const [title, proof] of Object.entries(forged)) t.equal(await faultOf(proof), 'signature', title)
})

t.test('it has an id of some length', async t => {
  t.equal(await faultOf({ claims: { jti: 'a'.repeat(256) } }), undefined)
  for (const jti of [undefined, null, '', 1, ['a'], 'a'.repeat(257)]) t.equal(await faultOf({ claims: { jti } }), 'jti', String(jti).slice(0, 20))
})

t.test('it is for this method', async t => {
  t.equal(await faultOf({ claims: { htm: 'POST' } }, { request: { method: 'POST' } }), undefined)
  for (const htm of [undefined, 'get', 'POST', 'HEAD', '', ['GET']]) t.equal(await faultOf({ claims: { htm } }), 'htm', String(htm))
})

t.test('it is for this address, as callers know it', async t => {
  const same = [`${PUBLIC_URL}/me?a=b`, `${PUBLIC_URL}/me#a`, 'https://GREETING.example:443/api/x/../me']
  for (const htu of same) t.equal(await faultOf({ claims: { htu } }), undefined, htu)
  t.equal(await faultOf({}, { request: { target: '/me?a=https://b.example' } }), undefined)
  const others = [
    undefined, null, 1, '', '/api/me', 'https://greeting.example/me', `${PUBLIC_URL}/me/`, `${PUBLIC_URL}/ME`, `${PUBLIC_URL}/greet`, 'http://greeting.example/api/me',
    'https://greeting.example:8443/api/me', 'https://other.example/api/me', 'https://greeting.example.other.example/api/me', 'https://user@greeting.example/api/me',
    'https://:a@greeting.example/api/me', [`${PUBLIC_URL}/me`]
  ]
  for (const htu of others) t.equal(await faultOf({ claims: { htu } }), 'htu', String(htu))
  for (const target of [`${PUBLIC_URL}/me`, 'https://other.example/me', 'me', '*', '']) t.equal(await faultOf({}, { request: { target } }), 'htu', target)
  t.equal(await faultOf({ claims: { htu: 'https://attacker.example/me' } }, { request: { target: '@attacker.example/me' }, publicUrl: 'https://greeting.example' }), 'htu')
})

t.test('its address may be spelled in any way that RFC 3986 section 6.2.2 says is the same', async (t) => {
  const same: Array<[target: string, htu: string]> = [
    ['/~ada', '/%7Eada'], ['/%7eada', '/~ada'], ['/%7Eada', '/%7eada'], ['/caf%c3%a9', '/caf%C3%A9'], ['/caf%C3%A9', '/caf%c3%a9'], ['/%41%2d%2E%5f', '/A-._'],
    ['/a%2fb', '/a%2Fb'], ['/%40', '/%40'], ['/a/./b', '/a/b'], ['/b', '/a/%2e%2E/b'], ['/%zz', '/%zz'], ['/a%', '/a%']
  ]
  for (const [target, path] of same) t.equal(await faultOf({ claims: { htu: `${PUBLIC_URL}${path}` } }, { request: { target } }), undefined, `${target} ${path}`)
  const different: Array<[target: string, htu: string]> = [
    ['/@ada', '/%40ada'], ['/a/b', '/a%2Fb'], ['/a', '/a/'], ['/a;b', '/a%3Bb'], ['/a', '/A'], ['/%25', '/%'], ['/%2541', '/A'], ['/a+b', '/a%20b'], ['/%c3%a9', '/%c3%a8']
  ]
  for (const [target, path] of different) t.equal(await faultOf({ claims: { htu: `${PUBLIC_URL}${path}` } }, { request: { target } }), 'htu', `${target} ${path}`)
})

t.test('its exp and nbf, if it has them, are honoured', async (t) => {
  const now = stopClock(t).now() / 1000
  for (const claims of [{ exp: now + 1 }, { nbf: now }, { nbf: 0 }, { nbf: now + 30 }, { exp: now + 60, nbf: now }]) t.equal(await faultOf({ claims }), undefined, JSON.stringify(claims))
  for (const exp of [1, now, now - 1, 0, -1, null, String(now + 60), [now + 60], {}]) t.equal(await faultOf({ claims: { exp } }), 'exp', JSON.stringify(exp))
  for (const nbf of [9e9, now + 31, null, String(now), [now], {}]) t.equal(await faultOf({ claims: { nbf } }), 'nbf', JSON.stringify(nbf))
})

t.test('it is recent', async t => {
  const now = stopClock(t).now() / 1000
  for (const iat of [now, now - 60, now + 30, now - 0.5]) t.equal(await faultOf({ claims: { iat } }), undefined, String(iat - now))
  for (const iat of [now - 60.001, now - 61, now + 30.001, now + 3600, 0, 1e308, undefined, null, String(now), [now]]) t.equal(await faultOf({ claims: { iat } }), 'iat', String(iat))
})

t.test('it is for this token', async t => {
  for (const ath of [undefined, null, '', 'a', 1, TOKEN]) t.equal(await faultOf({ claims: { ath } }), 'ath', String(ath))
  t.equal(await faultOf(prove('another.token.entirely')), 'ath')
})

t.test('it is by the key that the token is bound to', async t => {
  const other = await createEcKey()
  t.equal(await faultOf({ key: other }), 'confirmation')
  t.equal(await faultOf({}, { request: { thumbprint: 'a' } }), 'confirmation')
})

t.test('it is used once, each key by itself', async (t) => {
  const clock = stopClock(t)
  const remembered: UsedProof[] = []
  const memory = new InMemoryDpopReplayStore(100)
  const replayStore = { remember: async (proof: UsedProof) => { remembered.push(proof); return await memory.remember(proof) } }
  const verify = createVerifyDpopProof(options({ replayStore }))
  const proof = prove(TOKEN, { claims: { jti: 'a' } })
  await verify(requestOf(proof))
  t.match(await failureOf(verify(requestOf(proof))), { name: 'InvalidDpopProofError', reason: 'replayed' })
  t.match(await failureOf(verify(requestOf({ claims: { jti: 'a', iat: clock.now() / 1000 - 1 } }))), { reason: 'replayed' }, 'another proof of the same id')
  await verify(requestOf({ claims: { jti: 'b' } }))
  const other = await createEcKey()
  await verify(requestOf({ key: other, claims: { jti: 'a' } }, { thumbprint: other.thumbprint }))

  t.equal(new Set(remembered.map(({ key }) => key)).size, 3)
  t.match(remembered[0], { key: /^[\w-]{43}$/, caller: 'ada', issuedAtMs: clock.now(), expiresAtMs: clock.now() + 60_000 })
})

t.test('a key that has proved its token before proves nothing for another header, signature or token', async (t) => {
  const verify = createVerifyDpopProof(options())
  const other = await createEcKey()
  for (let i = 0; i < 3; i++) await verify(requestOf({}))

  t.match(await failureOf(verify(requestOf({ sign: other.sign }))), { reason: 'signature' })
  t.match(await failureOf(verify(requestOf({ key: other }))), { reason: 'confirmation' })
  t.match(await failureOf(verify(requestOf({ header: { jwk: other.jwk } }))), { reason: 'signature' })
  t.match(await failureOf(verify(requestOf({ header: { alg: 'RS256' } }))), { reason: 'key' })
  t.match(await failureOf(verify(requestOf({ header: { crit: ['a'] } }))), { reason: 'malformed' })
  t.match(await failureOf(verify(requestOf({}, { thumbprint: other.thumbprint }))), { reason: 'confirmation' })
  await t.resolves(verify(requestOf({ header: { kid: 'another header' } })))
  await t.resolves(verify(requestOf({ key: other }, { thumbprint: other.thumbprint })))
})

t.test('a proof that is refused uses nothing up', async t => {
  const replayStore = { remember: async () => { throw new Error('it was asked') } }
  for (const difference of [{ claims: { htm: 'POST' } }, { sign: () => Buffer.alloc(64) }, { key: await createEcKey() }]) t.ok(await faultOf(difference, { replayStore }))
})

t.test('if the store cannot say whether a proof was used, the answer is 503', async t => {
  const own = new DpopReplayStoreUnavailableError(7)
  for (const [failure, expected] of [[own, { retryAfterSeconds: 7 }], [new Error('down'), { retryAfterSeconds: 1, cause: { message: 'down' } }]] as const) {
    for (const remember of [(() => { throw failure }) as DpopReplayStore['remember'], async () => await Promise.reject(failure)]) {
      t.match(await failureOf(createVerifyDpopProof(options({ replayStore: { remember } }))(requestOf({}))), { name: 'DpopReplayStoreUnavailableError', statusCode: 503, ...expected })
    }
  }
})

t.test('where nonces are handed out, it carries one', async t => {
  const nonces = new DpopNonces({ nonceLifetimeSeconds: 60 })
  const verify = createVerifyDpopProof(options({ nonces }))
  for (const nonce of [undefined, 'a', 1]) t.match(await failureOf(verify(requestOf({ claims: { nonce } }))), { name: 'UseDpopNonceError' }, String(nonce))
  await t.resolves(verify(requestOf({ claims: { nonce: nonces.current() } })))
  t.equal(await faultOf({ claims: { nonce: 'a' } }), undefined, 'and else it may carry any')
})
