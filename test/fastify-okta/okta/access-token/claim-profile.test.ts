import t from 'tap'
import type { InvalidTokenError, InvalidTokenReason } from '#fastify-okta/errors.js'
import { checkClaimProfile, hasScope, REQUIRED_CLAIMS, type AccessTokenClaims, type ClaimPolicy } from '#fastify-okta/okta/access-token/claim-profile.js'
import { AUDIENCE, claimsOf, CLIENT, CLIENT_CREDENTIALS } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { reasonOf, thrownBy } from '../../../kit/refusal.js'

const ISSUER = 'https://acme.okta.com/oauth2/default'
const POLICY: ClaimPolicy = { issuer: ISSUER, audiences: [AUDIENCE], clockToleranceSeconds: 30, maxTokenLifetimeSeconds: 86_400 }
const THUMBPRINT = 'a'.repeat(43)

/** Why the claims of a good token are refused, except for the difference; `undefined` if they are not. */
function faultOf (difference: Record<string, unknown>, policy: Partial<ClaimPolicy> = {}): ReturnType<typeof reasonOf> {
  const claims = claimsOf(ISSUER, difference)
  for (const [name, value] of Object.entries(claims)) if (value === undefined) delete claims[name]
  return reasonOf(() => { checkClaimProfile(claims, { ...POLICY, ...policy }) })
}

t.test('the claims of a user\'s token, and of a client\'s own, are good', async t => {
  t.equal(faultOf({}), undefined)
  t.equal(faultOf(CLIENT_CREDENTIALS), undefined)
  t.equal(faultOf({ nbf: 0, acr: 'phr', groups: ['a'], scp: undefined, amr: ['pwd'], nonce: 'a', custom: { a: [null] } }), undefined)
})

t.test('a claim that every token has may not be absent', async t => {
  const faults: Record<string, InvalidTokenReason> = { iss: 'issuer', aud: 'audience', sub: 'claims', exp: 'claims', iat: 'claims', jti: 'claims', ver: 'claims', cid: 'claims' }

  t.same(Object.keys(faults), REQUIRED_CLAIMS)
  for (const [claim, fault] of Object.entries(faults)) t.equal(faultOf({ [claim]: undefined }), fault, claim)
})

t.test('the issuer is compared as a string, and exactly', async t => {
  const others = [
    'https://ACME.okta.com/oauth2/default', 'https://acme.okta.com:443/oauth2/default', 'https://acme.okta.com/oauth2/default/',
    'https://acme.okta.com/oauth2/%64efault', 'https://acme.okta.com/oauth2/x/../default', 'https://acme.okta.com', 'https://acme.okta.com/oauth2/aus1',
    'http://acme.okta.com/oauth2/default', 'https://аcme.okta.com/oauth2/default', 'https://xn--cme-5cd.okta.com/oauth2/default',
    `${ISSUER} `, '', null, 1, [ISSUER], { toString: () => ISSUER }
  ]
  for (const iss of others) t.equal(faultOf({ iss }), 'issuer', JSON.stringify(iss))
})

t.test('the token is meant for us, alone or among others', async t => {
  for (const aud of [AUDIENCE, [AUDIENCE], ['api://other', AUDIENCE]]) t.equal(faultOf({ aud }), undefined, JSON.stringify(aud))
  t.equal(faultOf({ aud: 'b' }, { audiences: ['a', 'b'] }), undefined)
  t.equal(faultOf({ aud: ['c', 'b'] }, { audiences: ['a', 'b'] }), undefined)
  t.equal(faultOf({ aud: ['c', 'd'] }, { audiences: ['a', 'b'] }), 'audience')

  const others = [
    'api://default2', 'api://def', 'API://default', 'api://default/', 'xapi://default', 'api://default api://other', 'api://default,api://other', '',
    [], ['api://other'], ['api://default2'], [''], [AUDIENCE, ''], [AUDIENCE, 1], [AUDIENCE, null], [[AUDIENCE]],
    null, 1, true, {}, { [AUDIENCE]: true }, { 0: AUDIENCE, length: 1 }
  ]
  for (const aud of others) t.equal(faultOf({ aud }), 'audience', JSON.stringify(aud))
})

t.test('names are non-empty strings', async t => {
  for (const claim of ['sub', 'jti', 'cid', 'uid']) {
    for (const value of ['', null, 1, true, [], ['a'], {}]) {
      t.equal(faultOf({ [claim]: value }), 'claims', `${claim}: ${JSON.stringify(value)}`)
    }
  }
})

t.test('the version is the number 1', async t => {
  for (const ver of [0, 2, '1', true, null, [1], 1.5]) t.equal(faultOf({ ver }), 'claims', JSON.stringify(ver))
})

t.test('an ID token is recognized, and the refusal says so', async t => {
  t.equal(faultOf({ jti: 'ID.abc' }), 'id_token')
  t.equal(faultOf({ jti: 'ID.' }), 'id_token')
  for (const claim of [{ nonce: 'a' }, { at_hash: 'a' }, { idp: '00o' }, { amr: ['pwd'] }]) {
    t.equal(faultOf({ cid: undefined, scp: undefined, ...claim }), 'id_token', JSON.stringify(claim))
    t.equal(faultOf({ scp: undefined, ...claim }), undefined, 'what has a client is an access token')
    t.equal(faultOf({ cid: undefined, ...claim }), 'claims', 'what has scopes is none that is an ID token')
  }
  t.equal(faultOf({ cid: undefined, scp: undefined }), 'claims')
  t.equal(faultOf({ jti: 'AT.ID.' }), undefined)
  t.equal(faultOf({ jti: 'id.a' }), undefined)
  t.equal(faultOf({ jti: 'ID.abc', iss: 'https://other.example' }), 'id_token', 'whoever it is from')
  t.equal(faultOf({ jti: ['ID.'] }), 'claims')
})

t.test('a security event token is not an access token', async t => {
  for (const events of [{}, { 'http://schemas.openid.net/event/backchannel-logout': {} }, null]) t.equal(faultOf({ events }), 'type')
})

t.test('a confirmation is the thumbprint of a key and nothing else', async t => {
  t.equal(faultOf({ cnf: { jkt: THUMBPRINT } }), undefined)
  const others = [
    null, 'a', 1, true, [], [THUMBPRINT], {}, { jkt: null }, { jkt: 1 }, { jkt: [THUMBPRINT] }, { jkt: '' }, { jkt: 'a'.repeat(42) }, { jkt: 'a'.repeat(44) },
    { jkt: `${'a'.repeat(42)}=` }, { jkt: `${'a'.repeat(42)}+` }, { jkt: `${THUMBPRINT}\n` }, { jkt: ` ${THUMBPRINT}` },
    { 'x5t#S256': THUMBPRINT }, { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT }, { jwk: {} }
  ]
  for (const cnf of others) t.equal(faultOf({ cnf }), 'confirmation', JSON.stringify(cnf))
})

t.test('clients may be limited', async t => {
  t.equal(faultOf({}, { clientIds: ['other', CLIENT] }), undefined)
  for (const clientIds of [['other'], [CLIENT.toUpperCase()], [`${CLIENT}a`], []]) t.equal(faultOf({}, { clientIds }), 'client', clientIds.join())
})

t.test('times are numbers of seconds', async t => {
  for (const claim of ['exp', 'iat', 'nbf']) {
    for (const value of ['1785571200', '', null, true, [], [1], {}, NaN, Infinity, -Infinity, -1, -0.5]) {
      t.equal(faultOf({ [claim]: value }), 'claims', `${claim}: ${String(value)}`)
    }
  }
})

t.test('a token is good until its exp, to the millisecond', async t => {
  const now = stopClock(t).now() / 1000

  t.equal(faultOf({ exp: now + 0.001 }), undefined)
  t.equal(faultOf({ exp: now + 1 }), undefined)
  t.equal(faultOf({ exp: now }), 'expired')
  t.equal(faultOf({ exp: now - 0.001 }), 'expired')
  t.equal(faultOf({ exp: 0 }), 'expired')
  t.equal(faultOf({ exp: -0 }), 'expired')
})

t.test('a token is good from its nbf on', async t => {
  const now = stopClock(t).now() / 1000

  t.equal(faultOf({ nbf: now }), undefined)
  t.equal(faultOf({ nbf: now - 1 }), undefined)
  t.equal(faultOf({ nbf: now + 0.001 }), 'not_yet_valid')
  t.equal(faultOf({ nbf: now + 29 }), 'not_yet_valid', 'the tolerance does not hold for it')
})

t.test('a token may be issued a little ahead of this machine\'s clock', async t => {
  const now = stopClock(t).now() / 1000

  t.equal(faultOf({ iat: now + 30 }), undefined)
  t.equal(faultOf({ iat: now + 30.001 }), 'not_yet_valid')
  t.equal(faultOf({ iat: now }, { clockToleranceSeconds: 0 }), undefined)
  t.equal(faultOf({ iat: now + 0.001 }, { clockToleranceSeconds: 0 }), 'not_yet_valid')
})

t.test('a token may not live longer than the policy says', async t => {
  const now = stopClock(t).now() / 1000

  t.equal(faultOf({ iat: now, exp: now + 86_400 }), undefined)
  t.equal(faultOf({ iat: now, exp: now + 86_400.001 }), 'lifetime')
  t.equal(faultOf({ iat: now - 86_399, exp: now + 1 }), undefined)
  t.equal(faultOf({ iat: now - 86_400, exp: now + 1 }), 'lifetime')
  t.equal(faultOf({ iat: 0 }), 'lifetime')
  t.equal(faultOf({ exp: (now + 3600) * 1000 }), 'lifetime', 'milliseconds in place of seconds')
  t.equal(faultOf({ exp: 1e308 }), 'lifetime')
  t.equal(faultOf({ exp: 2 ** 63 }), 'lifetime')
})

t.test('what a token says of its prototype is nothing', async t => {
  const claims = Object.create(claimsOf(ISSUER)) as Record<string, unknown>
  Object.assign(claims, claimsOf(ISSUER), { toString: 'a', constructor: 'b', then: 'c' })

  t.equal(reasonOf(() => { checkClaimProfile(claims, POLICY) }), undefined)
  t.equal(reasonOf(() => { checkClaimProfile(Object.assign(Object.create(null), claimsOf(ISSUER)) as Record<string, unknown>, POLICY) }), undefined)
})

t.test('scopes are the items of an array, each as it is', async t => {
  const has = (scp: unknown, scope: string): boolean => hasScope(claimsOf(ISSUER, { scp }) as unknown as AccessTokenClaims, scope)

  for (const scope of ['a', 'b', 'c d', '', 'E']) t.ok(has(['a', 'b', 'a', 'c d', '', 'E'], scope), scope)
  for (const scope of ['c', 'd', 'e', 'A', 'a b', '0', 'length', 'includes']) t.notOk(has(['a', 'b', 'a', 'c d', '', 'E'], scope), scope)
  for (const scope of ['a', 'c']) t.ok(has(['a', 1, null, ['b'], {}, 'c'], scope), scope)
  for (const scope of ['1', 'null', 'b', '[object Object]']) t.notOk(has(['a', 1, null, ['b'], {}, 'c'], scope), scope)
  for (const odd of [undefined, null, 'a b', 'a', 1, {}, { 0: 'a', length: 1 }, true]) t.notOk(has(odd, 'a'), JSON.stringify(odd))
})

t.test('a refusal names the claim, the setting that it was compared with, and of iss and aud what came', async (t) => {
  const clientIds = ['one', 'two']
  const details: Array<[Record<string, unknown>, Record<string, unknown>]> = [
    [{ iss: 'https://login.acme.com/oauth2/default' }, { reason: 'issuer', claim: 'iss', expected: ISSUER, received: 'https://login.acme.com/oauth2/default' }],
    [{ iss: 1 }, { reason: 'issuer', claim: 'iss', expected: ISSUER, received: undefined }],
    [{ iss: 'a'.repeat(201) }, { expected: ISSUER, received: undefined }],
    [{ iss: 'a\nb' }, { expected: ISSUER, received: undefined }],
    [{ iss: 'аcme' }, { expected: ISSUER, received: undefined }],
    [{ aud: 'a'.repeat(200) }, { reason: 'audience', claim: 'aud', expected: AUDIENCE, received: 'a'.repeat(200) }],
    [{ aud: ['a', 'b'] }, { claim: 'aud', received: 'a, b' }],
    [{ aud: ['a', 1] }, { claim: 'aud', received: undefined }],
    [{ aud: undefined }, { claim: 'aud', expected: AUDIENCE, received: undefined }],
    [{ cid: 'three' }, { reason: 'client', claim: 'cid', expected: clientIds, received: undefined }],
    [{ cid: 'one', cnf: {} }, { reason: 'confirmation', claim: 'cnf', received: undefined }],
    [{ cid: 'one', exp: 1 }, { reason: 'expired', claim: 'exp', received: undefined }],
    [{ cid: 'one', nbf: 9e9 }, { reason: 'not_yet_valid', claim: 'nbf' }],
    [{ cid: 'one', iat: 9e9, exp: 9.1e9 }, { reason: 'not_yet_valid', claim: 'iat', expected: 30 }],
    [{ cid: 'one', exp: 9e9 }, { reason: 'lifetime', claim: 'exp', expected: 86_400 }],
    [{ sub: '' }, { reason: 'claims', claim: 'sub', received: undefined }]
  ]
  for (const [difference, expected] of details) {
    const error = thrownBy(() => { checkClaimProfile(claimsOf(ISSUER, difference), { ...POLICY, clientIds }) }) as InvalidTokenError
    for (const [name, value] of Object.entries(expected)) t.same(error[name as 'reason'], value, `${JSON.stringify(difference).slice(0, 60)}: ${name}`)
    t.notMatch(error.message, /login|three|https/, 'the client reads none of it')
  }
  t.match(thrownBy(() => { checkClaimProfile(claimsOf(ISSUER, { aud: 'c' }), { ...POLICY, audiences: ['a', 'b'] }) }), { expected: ['a', 'b'] }, 'several settings are an array')
})
