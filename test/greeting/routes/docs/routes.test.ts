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
  t.same([...body.matchAll(/<script(?! (?:defer|type="module") src="\/docs\/static\/[\w-]+\.js"><\/script>)/g)], [], 'no inline script')
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

t.test('users sign in as the client of the page if there is one, and the page connects to Okta only then', async t => {
  for (const settings of [{}, { publicUrl: ORIGIN }, { ...signIn, dpop: 'required' as const }]) {
    const { app } = await buildService(t, { okta, directory: false, settings })
    const { body, headers } = await app.inject('/docs')
    t.match(body, 'data-client-id=""')
    t.match(headers['content-security-policy'], "connect-src 'self';")
  }
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })
  t.match((await app.inject('/docs')).body, `data-client-id="${okta.clients.browser.clientId}" data-scopes="openid profile email" data-redirect-path="${REDIRECT}"`)
})

t.test('the page fits a phone, follows the colour scheme, and says what it needs without JavaScript', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })
  const { body } = await app.inject('/docs')

  t.match(body, '<meta name="viewport" content="width=device-width, initial-scale=1">')
  t.match(body, '<meta name="color-scheme" content="light dark">')
  t.match(body, /<noscript><p>This page needs JavaScript[^<]+<code>\/openapi\.json<\/code>/)
})

t.test('the document has one address', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: signIn })

  t.equal((await app.inject('/openapi.json')).statusCode, 200)
  for (const url of ['/docs/json', '/docs/yaml', '/docs/static/swagger-initializer.js']) t.equal((await app.inject(url)).statusCode, 404, url)
})
