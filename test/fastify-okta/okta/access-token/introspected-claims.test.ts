import t from 'tap'
import { isAccessToken, toIntrospectedClaims } from '#fastify-okta/okta/access-token/introspected-claims.js'

t.test('what Okta says of a token becomes claims as its access tokens name them', async t => {
  const answer = {
    active: true, token_type: 'Bearer', username: 'ada@example.com', client_id: '0oa', scope: 'openid  profile ', sub: 'ada@example.com', uid: '00u', exp: 2, cnf: { jkt: 'a' }
  } as const
  t.strictSame(toIntrospectedClaims(answer), { sub: 'ada@example.com', uid: '00u', exp: 2, cnf: { jkt: 'a' }, ver: 1, cid: '0oa', scp: ['openid', 'profile'] })
})

t.test('what is not said is not made up', async t => {
  t.same(toIntrospectedClaims({ active: true }), { ver: 1, cid: undefined })
  t.notOk('scp' in toIntrospectedClaims({ active: true, scope: ['a'] }), 'a scope that is no text grants nothing')
})

t.test('a client cannot call itself another by a claim', async t => {
  t.match(toIntrospectedClaims({ active: true, client_id: 'a', cid: 'b', ver: 2 }), { cid: 'a', ver: 1 })
})

t.test('an answer is about an access token where it says so, in any case, or says nothing', async t => {
  for (const type of [undefined, 'Bearer', 'DPoP', 'bearer', 'dpop']) t.ok(isAccessToken({ active: true, token_type: type }), String(type))
  for (const type of ['', 'N_A', 'refresh_token', 'Bearer ', 'xBearer', 'DPoPx', null, 1, {}, ['Bearer']]) {
    t.notOk(isAccessToken({ active: true, token_type: type }), JSON.stringify(type))
  }
})
