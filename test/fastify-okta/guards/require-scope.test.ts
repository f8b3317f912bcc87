import t from 'tap'
import type { Authentication } from '#fastify-okta/guards/authentication.js'
import { requireScope } from '#fastify-okta/guards/require-scope.js'
import { thrownBy } from '../../kit/refusal.js'

function withScopes (...scopes: string[]): Authentication {
  return { accessToken: { claims: { scp: scopes } }, entry: null } as unknown as Authentication
}

t.test('a token with all of the scopes passes', async t => {
  t.doesNotThrow(() => { requireScope(['a'])(withScopes('b', 'a')) })
  t.doesNotThrow(() => { requireScope(['a', 'b'])(withScopes('c', 'b', 'a')) })
})

t.test('a token that lacks one is refused, and all of them are named', async t => {
  for (const scopes of [[], ['a'], ['b'], ['a b'], ['A', 'B'], ['a', 'b '], ['__proto__']]) {
    t.match(thrownBy(() => { requireScope(['a', 'b'])(withScopes(...scopes)) }), { name: 'InsufficientScopeError', reason: 'missing_scope', scope: 'a b' }, JSON.stringify(scopes))
  }
})

t.test('what cannot be a scope is refused at once', async t => {
  for (const scopes of [[], [''], ['a', ''], ['a b'], ['a"'], ['a\\'], ['é'], ['a\n'], [undefined], [1], [['a']]]) {
    t.throws(() => requireScope(scopes as string[]), { name: 'TypeError', message: /^requireScope\(\.\.\.scopes\)/ }, JSON.stringify(scopes))
  }
  t.doesNotThrow(() => requireScope(['!', '#[', ']~', 'okta.users.read', 'https://acme.example/a:b']))
})
