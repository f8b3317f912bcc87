import t from 'tap'
import { InsufficientUserAuthenticationError } from '#fastify-okta/errors.js'
import type { Authentication } from '#fastify-okta/guards/authentication.js'
import { requireAuthentication, type AuthenticationRequirement } from '#fastify-okta/guards/require-authentication.js'
import { stopClock } from '../../kit/clock.js'
import { thrownBy } from '../../kit/refusal.js'

const TOLERANCE_SECONDS = 30

function does (claims: Record<string, unknown>, requirement: AuthenticationRequirement): boolean {
  try {
    requireAuthentication(requirement, TOLERANCE_SECONDS)({ accessToken: { claims }, entry: null } as unknown as Authentication)
    return true
  } catch (error) {
    if (error instanceof InsufficientUserAuthenticationError) return false
    throw error
  }
}

t.test('a sign-in that is as strong as required, or stronger, does', async t => {
  const order = [
    ['urn:okta:loa:1fa:any', 'urn:okta:loa:1fa:pwd', 'urn:okta:loa:2fa:any:ifpossible'], ['urn:okta:loa:2fa:any'], ['phr'], ['phrh']
  ]
  for (const [strength, values] of order.entries()) {
    for (const required of values) {
      for (const [other, candidates] of order.entries()) {
        for (const acr of candidates) {
          const isEnough = other > strength || acr === required || (other === strength && required === 'urn:okta:loa:1fa:any')
          t.equal(does({ acr }, { acr: required }), isEnough, `${acr} for ${required}`)
        }
      }
    }
  }
})

t.test('a value that is not Okta\'s must be met exactly', async t => {
  t.ok(does({ acr: 'gold' }, { acr: 'gold' }))
  for (const acr of ['Gold', 'gold ', 'phrh', 'silver', '', undefined, null, 1, ['gold']]) t.notOk(does({ acr }, { acr: 'gold' }), JSON.stringify(acr))
  for (const acr of ['gold', undefined, ['phrh'], 'PHR', '__proto__']) t.notOk(does({ acr }, { acr: 'phr' }), JSON.stringify(acr))
})

t.test('a sign-in does that is as recent as required', async t => {
  const now = stopClock(t).now() / 1000
  for (const ago of [0, 299, 300, -30]) t.ok(does({ auth_time: now - ago }, { maxAgeSeconds: 300 }), `${ago} s ago`)
  for (const ago of [300.001, 301, -30.001, -3600]) t.notOk(does({ auth_time: now - ago }, { maxAgeSeconds: 300 }), `${ago} s ago`)
  t.ok(does({ auth_time: now }, { maxAgeSeconds: 0 }))
  t.notOk(does({ auth_time: now - 1 }, { maxAgeSeconds: 0 }))
  for (const value of [undefined, null, String(now), [now], NaN, Infinity, -Infinity, true, {}]) t.notOk(does({ auth_time: value }, { maxAgeSeconds: 300 }), String(value))
})

t.test('where both are required, both must be met', async t => {
  const now = stopClock(t).now() / 1000
  const requirement = { acr: 'phr', maxAgeSeconds: 300 }
  t.ok(does({ acr: 'phr', auth_time: now }, requirement))
  t.notOk(does({ acr: 'phr', auth_time: now - 301 }, requirement))
  t.notOk(does({ acr: 'urn:okta:loa:2fa:any', auth_time: now }, requirement))
})

t.test('what is required is said', async t => {
  for (const requirement of [{ acr: 'phr' }, { maxAgeSeconds: 5 }, { acr: 'phr', maxAgeSeconds: 0 }] as AuthenticationRequirement[]) {
    const check = requireAuthentication(requirement, 0)
    t.match(thrownBy(() => { check({ accessToken: { claims: {} } } as unknown as Authentication) }), {
      acrValues: requirement.acr, maxAgeSeconds: requirement.maxAgeSeconds, statusCode: 401
    })
  }
})

t.test('a requirement that is empty, misspelt or cannot be met is refused at once', async t => {
  const faults: Array<[object, RegExp]> = [
    [{}, /^requireAuthentication\(\)/],
    [{ acr: 'phr', maxAge: 300 }, /^requireAuthentication\(\).+nothing else/],
    ...['', 'a b', 'a"', 'a\\', 'é', 'a\r\n', 1, null, ['phr']].map((acr): [object, RegExp] => [{ acr }, /^acr /]),
    ...[-1, 1.5, NaN, Infinity, '5', null, [5]].map((maxAgeSeconds): [object, RegExp] => [{ maxAgeSeconds }, /^maxAgeSeconds /]),
    [{ acr: 'phr', maxAgeSeconds: -1 }, /^maxAgeSeconds /]
  ]
  for (const [requirement, message] of faults) {
    t.throws(() => requireAuthentication(requirement, 0), { name: 'TypeError', message }, JSON.stringify(requirement))
  }
})
