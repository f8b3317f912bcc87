import t from 'tap'
import { toClaimsBeforeIntrospection, toIntrospectedClaims } from '#fastify-okta/okta/access-token/introspected-claims.js'
import { reasonOf } from '../../../kit/refusal.js'

t.test('what Okta says of a token becomes claims as its access tokens name them', async t => {
  const answer = {
    active: true, token_type: 'Bearer', username: 'ada@example.com', client_id: '0oa', scope: 'openid  profile ', sub: 'ada@example.com', uid: '00u', exp: 2, cnf: { jkt: 'a' }
  } as const
  t.strictSame(toIntrospectedClaims(answer), { sub: 'ada@example.com', uid: '00u', exp: 2, cnf: { jkt: 'a' }, ver: 1, cid: '0oa', scp: ['openid', 'profile'] })
})

t.test('what the response does not say is not made up', async t => {
  t.same(toIntrospectedClaims({ active: true }), { ver: 1, cid: undefined })
  t.notOk('scp' in toIntrospectedClaims({ active: true, scope: ['a'] }), 'a scope that is no text grants nothing')
})

t.test('a client cannot call itself another by a claim', async t => {
  t.match(toIntrospectedClaims({ active: true, client_id: 'a', cid: 'b', ver: 2 }), { cid: 'a', ver: 1 })
})

t.test('an answer is about an access token if it says so, in any letter case, or says nothing', async (t) => {
  const cnf = { jkt: 'a' }
  for (const type of [undefined, 'Bearer', 'DPoP', 'bearer', 'dpop']) t.equal(reasonOf(() => toIntrospectedClaims({ active: true, token_type: type, cnf })), undefined, String(type))
  for (const type of ['', 'N_A', 'refresh_token', 'Bearer ', 'xBearer', 'DPoPx', null, 1, {}, ['Bearer']]) {
    t.equal(reasonOf(() => toIntrospectedClaims({ active: true, token_type: type, cnf })), 'type', JSON.stringify(type))
  }
})

t.test('a bound token never becomes a bearer token', async (t) => {
  const [cnf, other] = [{ jkt: 'a' }, { jkt: 'b' }]
  for (const type of ['DPoP', 'dpop', 'DPOP']) t.equal(reasonOf(() => toIntrospectedClaims({ active: true, token_type: type })), 'confirmation', `${type} without cnf`)
  for (const type of [undefined, 'Bearer', 'DPoP']) t.match(toIntrospectedClaims({ active: true, token_type: type }, { cnf }), { cnf }, 'the JWT says to which key')
  t.match(toIntrospectedClaims({ active: true, cnf }, { cnf }), { cnf })
  t.equal(reasonOf(() => toIntrospectedClaims({ active: true, cnf }, { cnf: other })), 'confirmation', 'the JWT says otherwise')
  t.match(toIntrospectedClaims({ active: true, cnf: null }), { cnf: null }, 'left for the claim profile to refuse')
})

t.test('before an introspection the client of a JWT may have either name', async (t) => {
  t.strictSame(toClaimsBeforeIntrospection({ sub: 'a', client_id: 'c' }), { sub: 'a', ver: 1, cid: 'c' })
  t.strictSame(toClaimsBeforeIntrospection({ sub: 'a', cid: 'c', ver: 2 }), { sub: 'a', ver: 1, cid: 'c' })
})
