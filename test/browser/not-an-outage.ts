import t from 'tap'
import { openWindow, shareBrowser, skip } from './chromium.js'
import { ADA, serveGreetingPage } from './greeting-page.js'

/** As browsers do that block cookies and site data, and as those do whose storage is full. */
const BLOCKED_STORAGE = {
  'cannot be read': "Object.defineProperty(window, 'sessionStorage', { get () { throw new DOMException('blocked', 'SecurityError') } })",
  'cannot be written to': "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
}
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

t.test('what is not an outage of Okta is not called one', { skip }, async t => {
  const browser = await shareBrowser()

  for (const [how, script] of Object.entries(BLOCKED_STORAGE)) {
    t.test(`storage that ${how} is named, wherever it is needed`, async t => {
      const { url } = await serveGreetingPage(t)
      const { page, ...visitor } = await openWindow(t, browser)

      await page.addInitScript(script)
      await page.goto(url)
      await visitor.sees('Welcome')
      for (const path of how === 'cannot be read' ? ['/login', '/logout', '/callback?code=x&state=y'] : ['/login', '/logout']) {
        await page.goto(`${url}${path}`)
        await visitor.sees('Your browser blocks storage for this site')
        t.match(await visitor.text(), `Allow cookies and site data for ${url}`)
        t.notMatch(await visitor.text(), /Okta (?:cannot|is not)/)
      }
      await visitor.picture('storage-blocked')
    })
  }

  t.test('a token response that the browser keeps back may mean that the site is not a trusted origin', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)
    let isTrusted = false

    // as for a response without CORS headers
    await page.route('**/v1/token', async route => { await (isTrusted ? route.continue() : route.abort()) })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await page.getByText('or this site is not a trusted origin in Okta').waitFor()
    t.match(await visitor.text(), `an Okta administrator can add ${url} under Security, API, Trusted Origins`)
    await visitor.picture('okta-silent')
    isTrusted = true
    await visitor.press('Try again')
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('what Okta refuses for the way in which the page asks is a fault of the set-up', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.route('**/.well-known/openid-configuration', async route => { await route.fulfill({ status: 404, headers: CORS, json: { errorCode: 'E0000007' } }) })
    await page.goto(`${url}/login`)
    await visitor.sees('This service is not set up correctly')
    await page.unroute('**/.well-known/openid-configuration')

    for (const error of ['invalid_client', 'unauthorized_client']) {
      await page.route('**/v1/token', async route => { await route.fulfill({ status: 401, headers: CORS, json: { error, error_description: 'Client authentication failed.' } }) })
      await page.goto(`${url}/login`)
      if (error === 'invalid_client') await visitor.signInAs(ADA)
      await visitor.sees('This service is not set up correctly')
      t.match(await visitor.text(), 'Client authentication failed.')
    }
    await visitor.picture('not-set-up')

    await page.route('**/v1/token', async route => { await route.fulfill({ status: 400, headers: CORS, json: { error: 'invalid_grant', error_description: 'The authorization code is invalid or has expired.' } }) })
    await page.goto(`${url}/login`)
    await visitor.sees('This sign-in is no longer valid')
  })

  t.test('an API token that Okta refuses is a mistake in the settings, and the page does not ask to wait', async t => {
    const { url, okta } = await serveGreetingPage(t, {})
    const { page, ...visitor } = await openWindow(t, browser)

    okta.faults.add({ path: /^\/api\//, status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided', errorCauses: [] } })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('This service is not set up correctly')
    t.notMatch(await visitor.text(), /not reachable|in a moment/)
    await visitor.picture('service-not-set-up')
  })

  t.test('a service that does not answer is not called an outage of Okta', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)
    let isReachable = false

    await page.route(`${url}/greet`, async route => { await (isReachable || route.request().headers()['authorization'] === undefined ? route.continue() : route.abort()) })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('We cannot look you up right now')
    t.match(await visitor.text(), 'This service is not reachable')
    t.notMatch(await visitor.text(), 'Okta is not reachable')
    isReachable = true
    await visitor.press('Try again now')
    await visitor.sees('Good Morning, Ada Lovelace')
  })
})
