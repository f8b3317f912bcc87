import OktaJwtVerifier from '@okta/jwt-verifier'
import t, { type Test } from 'tap'
import type { IssuerKey } from '#fastify-okta/oauth/issuer-keys.js'
import { readKeySet } from '#fastify-okta/oauth/json-web-key-set.js'
import { createCrossCheck, type CrossCheck } from '#fastify-okta/okta/access-token/cross-check.js'
import { AUDIENCE, claimsOf, encode, mint, type TokenDifference } from '../../../kit/access-token.js'
import { countClientRequests } from '../../../kit/client-requests.js'
import { stopClock } from '../../../kit/clock.js'
import { rejectionOf } from '../../../kit/refusal.js'
import { strangersKey, usualKey, type SigningKey } from '../../../kit/signing-key.js'

/** Names that objects, promises and what libraries make of claims have already. */
const AWKWARD_NAMES = [
  ...Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__'), ...Object.getOwnPropertyNames(Promise.prototype),
  'toJSON', 'compact', 'length', 'prototype', 'name'
]
const ISSUER = 'http://127.0.0.1:4000/oauth2/default'

async function keyOf ({ jwk, kid }: SigningKey): Promise<IssuerKey> {
  return (await readKeySet({ keys: [jwk] }, new Map())).keys.get(kid) as IssuerKey
}

const key = await keyOf(usualKey)

interface Asked {
  readonly ask: CrossCheck
  disagreements (): number
}

function create ({ issuer = ISSUER, audiences = [AUDIENCE] } = {}): Asked {
  let disagreements = 0
  return {
    ask: createCrossCheck({ issuer, audiences, onDisagreement: () => { disagreements++ } }),
    disagreements: () => disagreements
  }
}

/** A token and its claims, as the first implementation reads them. */
function tokenAndClaims (difference: TokenDifference = {}, issuer = ISSUER): [string, object] {
  const token = mint(issuer, difference)
  return [token, JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as object]
}

t.test('the two agree about a good token', async t => {
  const good: TokenDifference[] = [
    {}, { claims: { aud: ['api://other', AUDIENCE] } }, { claims: { nbf: 1, groups: ['é', '\u{1f600}'], deep: { list: [{}, null, 1.5] } } },
    { header: { typ: 'JWT' } }, { claims: { toString: 'a', then: 'b', hasOwnProperty: 'c', valueOf: 'd' } }
  ]
  for (const difference of good) {
    const { ask, disagreements } = create()
    const [token, claims] = tokenAndClaims(difference)
    t.equal(await rejectionOf(ask(token, key, claims)), undefined, JSON.stringify(difference))
    t.equal(disagreements(), 0)
  }
})

t.test('each token is put to @okta/jwt-verifier, whose claims count', async (t) => {
  const { verifyAccessToken } = OktaJwtVerifier.prototype
  const calls = t.capture(OktaJwtVerifier.prototype, 'verifyAccessToken', verifyAccessToken)
  const { ask } = create()
  const tokens = [tokenAndClaims(), tokenAndClaims({ claims: { sub: 'grace@example.com' } })]
  for (const [token, claims] of tokens) t.equal(await rejectionOf(ask(token, key, claims)), undefined)

  t.same(calls().map(({ args: [token] }) => token), tokens.map(([token]) => token))
  t.capture(OktaJwtVerifier.prototype, 'verifyAccessToken', async () => ({ claims: { sub: 'mallory@example.com' } }) as never)
  t.equal(await rejectionOf(ask(...withKey(tokenAndClaims()))), 'verifiers_disagree')
})

t.test('https issuers and several audiences are known to both', async t => {
  const issuer = 'https://acme.okta.com/oauth2/default'
  const { ask } = create({ issuer, audiences: ['a', 'b'] })

  t.equal(await rejectionOf(ask(...withKey(tokenAndClaims({ claims: { aud: 'b' } }, issuer)))), undefined)
  t.equal(await rejectionOf(ask(...withKey(tokenAndClaims({ claims: { aud: 'c' } }, issuer)))), 'verifiers_disagree')
})

t.test('a claim or a header parameter may have any name', async (t) => {
  for (const name of AWKWARD_NAMES) {
    const { ask, disagreements } = create()
    for (const difference of [{ claims: { [name]: 'a' } }, { claims: { deep: { [name]: ['a'] } } }, { header: { [name]: 'a' } }]) {
      t.equal(await rejectionOf(ask(...withKey(tokenAndClaims(difference)))), undefined, `${name} in ${JSON.stringify(difference)}`)
    }
    t.equal(disagreements(), 0)
    const [token, claims] = tokenAndClaims({ claims: { [name]: 'a' } })
    t.equal(await rejectionOf(ask(token, key, { ...claims, [name]: 'b' })), 'verifiers_disagree', name)
    t.equal(await rejectionOf(ask(...withKey(tokenAndClaims({ claims: { [name]: 'a' }, key: strangersKey })))), 'verifiers_disagree', `${name}, forged`)
  }
})

t.test('if the second verifier disagrees, the token is refused and the disagreement is reported', async t => {
  const [token, claims] = tokenAndClaims()
  const refused: Record<string, [string, IssuerKey, object]> = {
    'another key under the same name': [token, await keyOf(strangersKey), claims],
    'a key under another name': [token, { ...key, kid: 'another' }, claims],
    'a signature of a stranger\'s': [tokenAndClaims({ key: strangersKey })[0], key, claims],
    'another algorithm': [mint(ISSUER, { header: { alg: 'none' }, sign: () => Buffer.alloc(0) }), key, claims],
    'an audience that is another\'s': withKey(tokenAndClaims({ claims: { aud: 'api://other' } })),
    'an issuer that is another\'s': withKey(tokenAndClaims({ claims: { iss: 'https://127.0.0.1:4000/oauth2/default' } })),
    'no token': ['a.b.c', key, claims],
    'claims that the first reads otherwise': [token, key, { ...claims, sub: 'grace@example.com' }],
    'claims that the first has more of': [token, key, { ...claims, admin: true }],
    'claims that the first has less of': [token, key, { ...claimsOf(ISSUER), jti: undefined }]
  }
  for (const [title, asked] of Object.entries(refused)) {
    const { ask, disagreements } = create()
    const error: unknown = await ask(...asked).catch((reason: unknown) => reason)

    t.match(error, { name: 'InvalidTokenError', reason: 'verifiers_disagree', cause: undefined }, title)
    t.equal(disagreements(), 1)
  }
})

t.test('a token that has expired between the two is expired, which is not a disagreement', async t => {
  const clock = stopClock(t)
  const { ask, disagreements } = create()
  const [token, claims] = tokenAndClaims({ claims: { exp: clock.now() / 1000 + 1 } })
  clock.advance(2000)

  t.equal(await rejectionOf(ask(token, key, claims)), 'expired')
  t.equal(await rejectionOf(ask(...withKey(tokenAndClaims({ claims: { constructor: 'a', exp: clock.now() / 1000 - 1 } })))), 'expired')
  t.equal(await rejectionOf(ask(...withKey(tokenAndClaims({ claims: { nbf: clock.now() / 1000 + 1 } })))), 'not_yet_valid')
  t.equal(disagreements(), 0)
})

t.test('no answer is kept: a token is checked each time', async t => {
  const { ask, disagreements } = create()
  const [token, claims] = tokenAndClaims({ key: strangersKey })

  for (const times of [1, 2]) {
    t.equal(await rejectionOf(ask(token, key, claims)), 'verifiers_disagree')
    t.equal(disagreements(), times)
  }
})

t.test('two tokens at one time are two questions', async t => {
  const { ask } = create()
  const [token, claims] = tokenAndClaims()
  const forged = `${token.slice(0, -10)}${encode('forged!')}`

  t.same(await Promise.all([ask(token, key, claims), ask(forged, key, claims)].map(rejectionOf)), [undefined, 'verifiers_disagree'])
})

t.test('a key that takes the place of another under its name is the one that counts', async t => {
  const { ask } = create()
  const strangers = await keyOf(strangersKey)
  const [old, oldClaims] = tokenAndClaims()
  const [recent, recentClaims] = tokenAndClaims({ key: strangersKey })

  t.equal(await rejectionOf(ask(old, key, oldClaims)), undefined)
  t.equal(await rejectionOf(ask(recent, strangers, recentClaims)), undefined)
  t.equal(await rejectionOf(ask(old, strangers, oldClaims)), 'verifiers_disagree')
  t.equal(await rejectionOf(ask(recent, key, recentClaims)), 'verifiers_disagree')
  t.equal(await rejectionOf(ask(old, key, oldClaims)), undefined, 'each key has a verifier of its own')
})

t.test('no key is fetched, and nothing is printed', async t => {
  const requests = countClientRequests(t)
  const warnings = t.capture(console, 'warn')
  const [token, claims] = tokenAndClaims()
  t.equal(await rejectionOf(create().ask(token, key, claims)), undefined)
  await manyKeys(t)

  t.equal(requests(), 0)
  t.same(warnings(), [])
})

/** More than the ten lookups a minute that the library allows. */
async function manyKeys (t: Test): Promise<void> {
  const { ask } = create()
  for (let i = 0; i < 30; i++) {
    const renamed = { ...usualKey, kid: `key-${i}`, jwk: { ...usualKey.jwk, kid: `key-${i}` } }
    const [token, claims] = tokenAndClaims({ key: renamed })
    const issuerKey = await keyOf(renamed)
    t.equal(await rejectionOf(ask(token, issuerKey, claims)), undefined)
  }
}

function withKey ([token, claims]: [string, object]): [string, IssuerKey, object] {
  return [token, key, claims]
}
