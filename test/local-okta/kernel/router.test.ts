import t from 'tap'
import { routesOn } from '#local-okta/kernel/route.js'
import type { Method } from '#local-okta/kernel/route.js'
import { Router } from '#local-okta/kernel/router.js'

const { route } = routesOn({})

function routeOf (method: Method, path: string, isOutside = false) {
  return route({ method, path, isOutside, scope: 'okta.users.read', answer: () => undefined })
}

t.test('a route is found by method and path: below /api/v1, or wherever it says', async t => {
  const router = new Router([routeOf('GET', '/users/{id}'), routeOf('POST', '/users/me'), routeOf('GET', '/.well-known/{name}', true)])
  t.match(router.find('GET', '/api/v1/users/ada'), { route: { path: '/users/{id}' }, params: { id: 'ada' } })
  t.match(router.find('GET', '/api/v1/users/me'), { route: { path: '/users/{id}' }, params: { id: 'me' } }, 'the other route has another method')
  t.match(router.find('GET', '/.well-known/webauthn'), { params: { name: 'webauthn' } })
  for (const [method, url] of [['GET', '/users/ada'], ['DELETE', '/api/v1/users/ada'], ['GET', '/api/v1/.well-known/webauthn']] as const) {
    t.equal(router.find(method, url), undefined, `${method} ${url}`)
  }
})

t.test('a path is known whatever the method, and unserved if it is named so', async t => {
  const router = new Router([routeOf('GET', '/users/{id}')], ['/users/preferences'])
  t.equal(router.hasPath('/api/v1/users/ada'), true)
  t.equal(router.hasPath('/api/v1/groups'), false)
  t.equal(router.isUnserved('/api/v1/users/preferences'), true)
  t.equal(router.isUnserved('/api/v1/users/ada'), false)
})

t.test('two routes for one method and path are a mistake', async t => {
  t.throws(() => new Router([routeOf('GET', '/users/{id}'), routeOf('GET', '/users/{userId}')]), { name: 'TypeError', message: 'there are two routes for GET /api/v1/users/{userId}' })
})
