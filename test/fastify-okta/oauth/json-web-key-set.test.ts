import t from 'tap'
import { readKeySet, type IssuerKey, type RejectedKeyReason } from '#fastify-okta/oauth/json-web-key-set.js'
import { createEcPair, createEdPair } from '../../kit/key-pair.js'
import { modulusOf, numberOf } from '../../kit/rsa-number.js'
import { nextKey, strangersKey, usualKey } from '../../kit/signing-key.js'

const NONE: ReadonlyMap<string, IssuerKey> = new Map()

t.test('a key becomes usable as PEM and as a JWK of the members that are needed', async t => {
  const { keys, refused } = await readKeySet({ keys: [{ ...usualKey.jwk, x5c: ['a'], nbf: 1, extra: true }] }, NONE)
  const key = keys.get('usual') as IssuerKey

  t.strictSame({ ...key.jwk }, { kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'usual', n: usualKey.jwk.n, e: 'AQAB' })
  t.ok(key.publicKey.equals(usualKey.publicKey))
  t.equal(key.kid, 'usual')
  t.same(refused, [])
  t.equal(keys.size, 1)
})

t.test('a key that does not say what it is for may verify', async t => {
  const { kty, n, e } = usualKey.jwk
  const document = { keys: [{ kty, n, e, kid: 'a' }, { kty, n, e, kid: 'b', key_ops: ['verify'] }, { kty, n, e, kid: 'c', key_ops: ['sign', 'verify'] }] }

  t.same([...(await readKeySet(document, NONE)).keys.keys()], ['a', 'b', 'c'])
})

t.test('a key that may not verify is left out, and good keys beside it stay', async t => {
  const ec = createEcPair().publicKey.export({ format: 'jwk' })
  const ed = createEdPair().publicKey.export({ format: 'jwk' })
  const bad = { ...usualKey.jwk, kid: 'bad' }
  const hostile: Record<string, [unknown, RejectedKeyReason]> = {
    'an elliptic curve key': [{ ...ec, kid: 'bad' }, 'not_rsa'],
    'an elliptic curve key that calls itself RS256': [{ ...ec, kid: 'bad', alg: 'RS256' }, 'not_rsa'],
    'a point that is on no curve': [{ ...ec, kid: 'bad', x: ec.y }, 'not_rsa'],
    'an Ed25519 key': [{ ...ed, kid: 'bad' }, 'not_rsa'],
    'a secret': [{ kty: 'oct', k: 'c2VjcmV0', kid: 'bad' }, 'not_rsa'],
    'rsa in small letters': [{ ...bad, kty: 'rsa' }, 'not_rsa'],
    'a key without a type': [{ ...bad, kty: undefined }, 'not_rsa'],
    nothing: [null, 'not_rsa'],
    'a text': ['bad', 'not_rsa'],
    'a number': [1, 'not_rsa'],
    ...Object.fromEntries(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map(member =>
      [`a key with its private member ${member}`, [{ ...bad, [member]: 'c2VjcmV0' }, 'private']])),
    'a key for encryption': [{ ...bad, use: 'enc' }, 'use'],
    'a key for null': [{ ...bad, use: null }, 'use'],
    'a key that may only sign': [{ ...bad, key_ops: ['sign'] }, 'key_ops'],
    'a key that may do nothing': [{ ...bad, key_ops: [] }, 'key_ops'],
    'operations as a string': [{ ...bad, key_ops: 'verify' }, 'key_ops'],
    'a key for RS512': [{ ...bad, alg: 'RS512' }, 'algorithm'],
    'a key for PS256': [{ ...bad, alg: 'PS256' }, 'algorithm'],
    'a key for null, the algorithm': [{ ...bad, alg: null }, 'algorithm'],
    'a key without an id': [{ ...bad, kid: undefined }, 'kid'],
    'an id that is a number': [{ ...bad, kid: 1 }, 'kid'],
    'an id that is empty': [{ ...bad, kid: '' }, 'kid'],
    'an id that goes over lines': [{ ...bad, kid: 'bad\nbad' }, 'kid'],
    'an id that is too long': [{ ...bad, kid: 'b'.repeat(129) }, 'kid'],
    'the exponent 1, with which anybody forges': [{ ...bad, e: numberOf(1) }, 'weak'],
    'an even exponent': [{ ...bad, e: numberOf(65_538) }, 'weak'],
    'the exponent 3': [{ ...bad, e: numberOf(3) }, 'weak'],
    'a modulus of 1024 bits': [{ ...bad, n: modulusOf(1024) }, 'weak'],
    'a modulus of 8193 bits': [{ ...bad, n: modulusOf(8193) }, 'weak'],
    'no modulus': [{ ...bad, n: undefined }, 'weak']
  }
  for (const [title, [jwk, fault]] of Object.entries(hostile)) {
    const { keys, refused } = await readKeySet({ keys: [jwk, nextKey.jwk] }, NONE)
    const { kid } = (jwk ?? {}) as { kid?: unknown }

    t.same([...keys.keys()], ['next'], title)
    t.strictSame(refused, [{ kid: kid === 'bad' ? 'bad' : undefined, fault }], `${title}: ${fault}`)
  }
})

t.test('an id of the greatest length will do', async t => {
  const { keys } = await readKeySet({ keys: [{ ...usualKey.jwk, kid: 'a'.repeat(128) }] }, NONE)
  t.equal(keys.size, 1)
})

t.test('an id that two keys share is of no use, and is said so for both', async t => {
  const { keys, refused } = await readKeySet({ keys: [usualKey.jwk, nextKey.jwk, strangersKey.jwk] }, NONE)

  t.same([...keys.keys()], ['next'])
  t.strictSame(refused, [{ kid: 'usual', fault: 'ambiguous' }, { kid: 'usual', fault: 'ambiguous' }])
})

t.test('a key that is listed twice is one key', async (t) => {
  for (const again of [usualKey.jwk, { ...usualKey.jwk, alg: undefined, use: undefined }, { ...usualKey.jwk, key_ops: ['verify'], x5t: 'a' }]) {
    const { keys, refused } = await readKeySet({ keys: [usualKey.jwk, nextKey.jwk, again] }, NONE)

    t.equal(keys.get('usual')?.jwk.n, usualKey.jwk.n)
    t.equal(keys.size, 2)
    t.same(refused, [])
  }
})

t.test('an entry may be of any type, and a member of an entry too, without a harm to others', async (t) => {
  const values: unknown[] = [null, true, 1, 'a', [], ['a'], {}, { toString: 'a' }]
  const entries = [...values, ...['kty', 'n', 'e', 'kid', 'use', 'alg', 'key_ops'].flatMap((member) => values.map((value) => ({ ...usualKey.jwk, [member]: value })))]
  for (const entry of entries) {
    const { keys } = await readKeySet({ keys: [entry, nextKey.jwk] }, NONE)
    t.ok(keys.has('next'), JSON.stringify(entry)?.slice(0, 80))
  }
})

t.test('an id that a good and a refused key share is the good key\'s', async t => {
  const { keys, refused } = await readKeySet({ keys: [{ ...strangersKey.jwk, use: 'enc' }, usualKey.jwk] }, NONE)

  t.equal(keys.get('usual')?.jwk.n, usualKey.jwk.n)
  t.same(refused, [{ kid: 'usual', fault: 'use' }])
})

t.test('ids such as __proto__ are ids like any other', async t => {
  const { keys } = await readKeySet({ keys: [{ ...usualKey.jwk, kid: '__proto__' }] }, NONE)

  t.equal(keys.get('__proto__')?.kid, '__proto__')
  t.equal(keys.get('constructor'), undefined)
})

t.test('a key that has not changed stays the same object, and one that has does not', async t => {
  const before = await readKeySet({ keys: [usualKey.jwk, nextKey.jwk] }, NONE)
  const after = await readKeySet({ keys: [strangersKey.jwk, nextKey.jwk] }, before.keys)
  const otherExponent = await readKeySet({ keys: [{ ...nextKey.jwk, e: numberOf(65_539) }] }, before.keys)

  t.equal(after.keys.get('next'), before.keys.get('next'))
  t.not(after.keys.get('usual'), before.keys.get('usual'))
  t.equal(after.keys.get('usual')?.jwk.n, strangersKey.jwk.n)
  t.ok(after.keys.get('usual')?.publicKey.equals(strangersKey.publicKey))
  t.not(otherExponent.keys.get('next'), before.keys.get('next'))
  t.notOk(otherExponent.keys.has('usual'), 'a key that is gone is gone')
})

t.test('a hundred keys are read, and a document with more is refused', async t => {
  const keys = (count: number): unknown[] => Array.from({ length: count }, (_, i) => ({ ...usualKey.jwk, kid: `key-${i}` }))

  t.equal((await readKeySet({ keys: keys(100) }, NONE)).keys.size, 100)
  await t.rejects(readKeySet({ keys: keys(101) }, NONE), TypeError)
})

t.test('a set without keys is a set', async t => {
  t.same(await readKeySet({ keys: [] }, NONE), { keys: new Map(), refused: [] })
})

t.test('a document that is not a JWK Set is refused', async t => {
  for (const document of [null, undefined, {}, [], 'keys', 1, { keys: {} }, { keys: null }, { keys: 'a' }, [usualKey.jwk]]) {
    await t.rejects(readKeySet(document, NONE), { name: 'TypeError', message: 'the document is not a JWK Set' }, JSON.stringify(document))
  }
})
