import t, { type Test } from 'tap'
import { DirectoryUnavailableError } from 'fastify-okta'
import { refusalOf } from '#greeting/http/refusals.js'
import { buildService, startOkta, type Service } from '../service.js'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'
const ORIGIN = 'http://127.0.0.1:3000'
const asBrowser = { accept: BROWSER }

async function buildWithPages (t: Test, group = 'Fastify Okta'): Promise<Service> {
  const okta = await startOkta(t)
  return await buildService(t, { okta, directory: false, settings: { pageClientId: okta.clients.browser.clientId, publicUrl: ORIGIN, greeting: { group, timeZone: 'UTC' } } })
}

t.test('only browsers get pages', async t => {
  const { app } = await buildWithPages(t)

  for (const accept of [BROWSER, 'text/html', 'TEXT/HTML', 'application/json;q=0.5, text/html']) {
    t.match(await app.inject({ url: '/', headers: { accept } }), { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8', vary: 'Accept, Authorization', 'cache-control': 'no-store' }, body: /^<!doctype html>/ }, accept)
  }
  for (const accept of ['*/*', 'application/json', 'text/html;q=0.5, application/json', 'application/json, text/html', 'text/html;q=0', '']) {
    t.match((await app.inject({ url: '/', headers: { accept } })).headers['content-type'], 'application/json', accept)
  }
  t.equal((await app.inject({ url: '/', headers: { accept: 'text/plain, text/html' } })).body, 'Welcome')
})

t.test('a refusal keeps its status and its challenge, and is a page for a browser', async t => {
  const { app } = await buildWithPages(t)
  const refused = await app.inject({ url: '/greet', headers: asBrowser })

  t.match(refused, { statusCode: 401, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', vary: 'Accept, Authorization' }, body: /<h1 tabindex="-1">Sign in to be greeted<\/h1>/ })
  t.match(String(refused.headers['www-authenticate']), /^Bearer realm="okta", resource_metadata="http:\/\/127\.0\.0\.1:3000\//)
  t.match(await app.inject({ url: '/mallory?mallory', headers: asBrowser }), { statusCode: 404, body: /<h1>Not Found<\/h1>/ })
  t.notMatch((await app.inject({ url: '/mallory?mallory', headers: asBrowser })).body, 'mallory')
  t.match((await app.inject('/greet')).json(), { statusCode: 401, code: 'FST_OKTA_MISSING_CREDENTIALS' })
})

t.test('every page has a policy that allows our script and no other', async t => {
  const { app, okta } = await buildWithPages(t)

  for (const url of ['/', '/login', '/callback?code=swordfish&state=x', '/logout', '/greet', '/nowhere']) {
    const { headers, body } = await app.inject({ url, headers: asBrowser })
    const policy = Object.fromEntries(String(headers['content-security-policy']).split('; ').map(directive => directive.split(/ (.*)/s)))
    t.match(policy, {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': `'self' ${okta.orgUrl}`,
      'form-action': `'self' ${okta.orgUrl}`,
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'"
    }, url)
    t.match(headers, { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin', 'cache-control': 'no-store' })
    t.strictSame([...body.matchAll(/<script(?! type="module" src="\/assets\/page-[0-9a-f]{16}\.js"><\/script>)/g)], [], 'no inline script')
    t.notMatch(body, / on[a-z]+=| style=|<style|javascript:/i, 'nor anything like it')
    t.notMatch(body, 'swordfish', 'the server looks at no query')
    t.equal(headers['set-cookie'], undefined)
  }
})

t.test('what pages load is kept forever under a name that its content makes, and nowhere else', async t => {
  const { app } = await buildWithPages(t)
  const { body } = await app.inject({ url: '/', headers: asBrowser })
  const paths = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path as string)

  t.equal(paths.length, 3)
  for (const path of paths) {
    t.match(await app.inject(path), { statusCode: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable', 'content-type': /javascript|css|svg/, 'x-content-type-options': 'nosniff' } })
  }
  t.match(await app.inject('/assets/page-0000000000000000.js'), { statusCode: 404, headers: { 'cache-control': 'no-store' } })
  t.match((await app.inject(paths.find(path => path.endsWith('.js')) as string)).body, 'The MIT License', 'with the license of what is in it')
})

t.test('the name of the group is escaped', async t => {
  const { app } = await buildWithPages(t, '<b onclick="x">&\'')

  t.match((await app.inject({ url: '/', headers: asBrowser })).body, '<strong>&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;</strong>')
})

t.test('the account has its own words for a browser without a token', async t => {
  const { app } = await buildWithPages(t)
  const { statusCode, body } = await app.inject({ url: '/me', headers: asBrowser })

  t.equal(statusCode, 401)
  t.match(body, /<h1 tabindex="-1">Sign in to see your account<\/h1>/)
  t.match(body, 'Sign in to see your account.')
})

t.test('every page leads to the documentation, and the icon is where browsers look for it', async t => {
  const { app } = await buildWithPages(t)

  for (const url of ['/', '/greet', '/nowhere']) t.match((await app.inject({ url, headers: asBrowser })).body, /<footer><a href="\/docs">/)
  t.match(await app.inject('/favicon.ico'), { statusCode: 200, headers: { 'content-type': 'image/svg+xml', 'cache-control': /max-age/ } })
})

t.test('a link of another site to /logout asks before it signs out', async t => {
  const { app } = await buildWithPages(t)
  const pageOf = async (site?: string) => (await app.inject({ url: '/logout', headers: { ...asBrowser, ...(site === undefined ? {} : { 'sec-fetch-site': site }) } })).body

  for (const site of ['cross-site', 'same-site']) t.match(await pageOf(site), /data-page="sign-out-question"[^]+<h1 tabindex="-1">Sign out\?<\/h1>/)
  for (const site of ['same-origin', 'none', undefined]) t.match(await pageOf(site), 'data-page="logout"')
})

t.test('a browser reports that a sign-in failed, in two words of a fixed form and a few lines', async t => {
  const { app, log } = await buildWithPages(t)
  const report = async (payload: object, headers = {}) => (await app.inject({ method: 'POST', url: '/sign-in-failures', payload, headers })).statusCode
  const lines = (): Array<Record<string, unknown>> => log.map(line => JSON.parse(line)).filter(({ msg }) => msg.startsWith('a browser reports'))

  t.equal(await report({ failure: 'sign-in-refused', code: 'access_denied' }), 204)
  t.match(lines(), [{ level: 40, failure: 'sign-in-refused', code: 'access_denied' }])
  const refused = [
    { failure: 'mallory', code: 'x' }, { failure: 'page-failed', code: 'a b' }, { failure: 'page-failed', code: 'line\n' }, { failure: 'page-failed' },
    { failure: 'page-failed', code: 'x', user: 'ada@example.com' }, { failure: 'page-failed', code: 'x'.repeat(41) }, ['page-failed'], null
  ]
  for (const payload of refused) t.equal(await report(payload as object, { 'content-type': 'application/json' }), 400, JSON.stringify(payload))
  t.equal(await report({ failure: 'page-failed', code: 'x', more: 'x'.repeat(300) }), 413)
  for (let count = 0; count < 50; count++) t.equal(await report({ failure: 'okta-unavailable', code: 'no_response' }), 204)
  t.equal(lines().length, 10)
})

t.test('credentials of the service that Okta refuses are said to be a fault of the set-up, and no more', async t => {
  const refused = Object.assign(new DirectoryUnavailableError(1), { reason: 'refused' })

  t.match(refusalOf(refused), { statusCode: 503, code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', message: 'this service is not set up correctly' })
  t.match(refusalOf(new DirectoryUnavailableError(1)), { message: 'the user directory cannot be reached now' })
})

t.test('without a client, or an origin, there is no page', async t => {
  const okta = await startOkta(t)

  for (const settings of [{ publicUrl: ORIGIN }, { pageClientId: okta.clients.browser.clientId }]) {
    const { app } = await buildService(t, { okta, directory: false, settings })
    for (const url of ['/login', '/callback', '/logout']) {
      const { statusCode, headers, body } = await app.inject({ url, headers: asBrowser })
      t.equal(statusCode, 404)
      t.match(headers, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': /default-src 'none'.+connect-src 'self';/ })
      t.match(body, 'publicUrl' in settings ? 'OKTA_OAUTH2_CLIENTID' : 'PUBLIC_URL', 'a page says which setting is missing')
      t.match((await app.inject(url)).json(), { statusCode: 404, code: 'FST_ERR_NOT_FOUND' })
    }
    t.strictSame((await app.inject({ url: '/', headers: asBrowser })).json(), { message: 'Welcome' })
    t.match((await app.inject({ url: '/greet', headers: asBrowser })).json(), { statusCode: 401 })
  }
})
