import t from 'tap'
import { FastifyOktaError } from 'fastify-okta'
import { refusalFacts } from '#greeting/log/refusal-facts.js'

class Refusal extends FastifyOktaError {
  readonly code = 'FST_OKTA_REFUSAL'
  readonly statusCode = 403

  constructor (facts: object) {
    super('refused')
    Object.assign(this, facts)
  }
}

const factsOf = (facts: object): Record<string, unknown> => JSON.parse(JSON.stringify(refusalFacts(new Refusal(facts)))) as Record<string, unknown>
const code = 'FST_OKTA_REFUSAL'

t.test('the line of a refusal says what the error knows', async (t) => {
  const audience = { claim: 'aud', expected: ['api://default'] }

  t.same(factsOf({}), { code })
  t.same(factsOf({ reason: 'issuer', claim: 'iss', expected: 'https://a.okta.com/oauth2/default', received: 'https://b.okta.com' }), { code, reason: 'issuer', claim: 'iss', expected: 'https://a.okta.com/oauth2/default', received: 'https://b.okta.com' })
  t.same(factsOf({ reason: 'audience', ...audience, received: ['api://a', 'api://größe'] }), { code, reason: 'audience', ...audience, received: ['api://a', 'api://größe'] })
  t.same(factsOf({ reason: 'lifetime', claim: 'exp', expected: 86_400 }), { code, reason: 'lifetime', claim: 'exp', expected: 86_400 })
  t.same(factsOf({ reason: 'not_a_member', groups: ['Fastify Okta'] }), { code, reason: 'not_a_member', group: 'Fastify Okta' })
  t.same(factsOf({ reason: 'not_a_member', groups: ['a', 'b'] }), { code, reason: 'not_a_member', group: ['a', 'b'] })
  t.same(factsOf({ reason: 'missing_scope', scope: 'profile:write' }), { code, reason: 'missing_scope', scope: 'profile:write' })
  t.same(factsOf({ reason: 'inactive', userStatus: 'SUSPENDED' }), { code, reason: 'inactive', status: 'SUSPENDED' })
})

t.test('of what was received, what is long or not printable or may be a token is left out', async (t) => {
  for (const received of ['x'.repeat(201), ['x'.repeat(150), 'y'.repeat(100)], 'a\nb', 'a\u001b[2Jb', 'a\u202eb', 'a\u2028b', 'eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln', { a: 1 }, [1], null]) {
    t.same(factsOf({ claim: 'aud', received }), { code, claim: 'aud' }, encodeURIComponent(JSON.stringify(received)))
  }
  t.same(factsOf({ claim: 'aud', received: 'x'.repeat(200) }), { code, claim: 'aud', received: 'x'.repeat(200) })
})

t.test('of another error nothing but its code is read', async (t) => {
  const error = Object.assign(new Error('swordfish'), { code: 'EFISH', reason: 'swordfish', groups: ['swordfish'], status: 'swordfish', received: 'swordfish' })

  t.same(JSON.parse(JSON.stringify(refusalFacts(error))), { code: 'EFISH' })
  for (const nothing of [undefined, null, 'swordfish', 7]) t.same(JSON.parse(JSON.stringify(refusalFacts(nothing))), {})
})
