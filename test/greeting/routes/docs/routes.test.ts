import t from 'tap'
import { buildService, startOkta } from '../../service.js'

const ORIGIN = 'https://greetings.example'
const REDIRECT = '/docs/static/oauth2-redirect.html'
const okta = await startOkta(t)
const signIn = { publicUrl: ORIGIN, pageClientId: okta.clients.browser.clientId }

t.test('the page and all that it loads hold to a policy that runs scripts of this origin and no others', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })
  const { body } = await app.inject('/docs')
  const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string)

  t.ok(loaded.length >= 5)
  t.ok(loaded.every(address => address.startsWith('/docs/static/')), 'nothing from elsewhere')
  t.same([...body.matchAll(/<script(?! src="\/docs\/static\/[\w-]+\.js" charset="UTF-8"> <\/script>)/g)], [], 'no inline script')
  t.notMatch(body, / on[a-z]+=| style=|<style|javascript:/i, 'nor anything like it')
  for (const url of ['/docs', '/docs/', REDIRECT, '/docs/static/nothing', ...loaded]) {
    const { headers, statusCode } = await app.inject(url)
    const policy = Object.fromEntries(String(headers['content-security-policy']).split('; ').map(directive => directive.split(/ (.*)/s)))
    t.equal(statusCode, url.endsWith('nothing') ? 404 : 200, url)
    t.match(policy, {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': `'self' ${okta.orgUrl}`,
      'form-action': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'"
    })
    t.match(headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' })
  }
})

t.test('the page may open a popup, and the popup may come back to it', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })

  for (const url of ['/docs', '/docs/']) t.equal((await app.inject(url)).headers['cross-origin-opener-policy'], 'same-origin-allow-popups')
  t.equal((await app.inject(REDIRECT)).headers['cross-origin-opener-policy'], undefined)
})

t.test('people sign in as the client of the page, with PKCE, where there is one, and talk to Okta nowhere else', async t => {
  for (const settings of [{}, { publicUrl: ORIGIN }, { ...signIn, dpop: 'required' as const }]) {
    const { app } = await buildService(t, { okta, directory: false, settings })
    t.match((await app.inject('/docs/static/swagger-initializer.js')).body, 'ui.initOAuth({})')
    t.match((await app.inject('/docs')).headers['content-security-policy'], "connect-src 'self';")
  }
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })
  t.match((await app.inject('/docs/static/swagger-initializer.js')).body, `ui.initOAuth({"clientId":"${okta.clients.browser.clientId}","usePkceWithAuthorizationCodeGrant":true,"scopes":["openid","profile","email"]})`)
})

t.test('the page shows what it can do: of the origin that it is at, and with credentials that it can send', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })
  const [whole, shown] = [(await app.inject('/openapi.json')).json(), (await app.inject('/docs/json')).json()]

  t.same(Object.keys(whole.components.securitySchemes), ['okta', 'bearer', 'dpop'])
  t.same(Object.keys(shown.components.securitySchemes), ['okta', 'bearer'])
  t.strictSame(shown.paths['/'].get.security, [{}, { okta: [] }, { bearer: [] }])
  t.equal(shown.servers, undefined)
  t.strictSame(shown.info, whole.info)

  const { app: bound } = await buildService(t, { okta, directory: false, settings: { ...signIn, dpop: 'required' } })
  t.same(Object.keys((await bound.inject('/docs/json')).json().components.securitySchemes), ['dpop'], 'where there is no other, it says so')
})
