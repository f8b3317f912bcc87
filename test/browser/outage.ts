import t from 'tap'
import { openWindow, shareBrowser, skip } from './chromium.js'
import { ADA, serveGreetingPage } from './greeting-page.js'

const DISCOVERY = '/oauth2/default/.well-known/openid-configuration'
const TOKEN = '/oauth2/default/v1/token'

t.test('when Okta is unavailable', { skip }, async t => {
  const browser = await shareBrowser()

  t.test('a user who has signed in stays signed in, and is greeted when Okta is available again', async t => {
    // one that has not seen her yet: it would greet her by what it knows
    const { okta, url } = await serveGreetingPage(t, {})
    const { page, ...visitor } = await openWindow(t, browser)

    okta.faults.add({ path: /^\/api\/v1\/users/, status: 503 })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('We cannot look you up right now')
    t.match(await visitor.text(), /Okta is not reachable right now\. Try again in a moment\.[^]+You are still signed in/)
    t.notMatch(await visitor.text(), 'need not do anything')
    t.match(await page.getByRole('status').innerText(), /The next try is in \d+ seconds/)
    await visitor.picture('unavailable')
    okta.faults.clear()
    await visitor.press('Try again now')
    await visitor.sees('Good Morning, Ada Lovelace')
    t.equal(okta.requests.filter(({ path }) => path === TOKEN).length, 1, 'with the token from before')
  })

  t.test('the page tries again by itself, after the time that the service asks for', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)
    const asked: number[] = []

    await page.clock.install()
    page.on('request', request => { if (request.url() === `${url}/greet` && request.headers()['authorization'] !== undefined) asked.push(1) })
    await page.route(`${url}/greet`, async route => {
      if (route.request().headers()['authorization'] === undefined || asked.length > 1) await route.continue()
      else await route.fulfill({ status: 503, headers: { 'retry-after': '30' }, json: {} })
    })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('We cannot look you up right now')
    t.match(await page.getByRole('status').innerText(), 'The next try is in 30 seconds.')
    await page.clock.runFor(29_000)
    t.equal(asked.length, 1)
    await page.clock.runFor(2_000)
    await visitor.sees('Good Morning, Ada Lovelace')
    t.equal(okta.requests.filter(({ path }) => path === TOKEN).length, 1)
  })

  t.test('an outage before the sign-in is shown, and trying again continues', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    for (const fault of [{ drop: true }, { status: 503 }, { status: 200, body: 'A portal that wants your room number' }] as const) {
      okta.faults.add({ path: DISCOVERY, ...fault })
      await page.goto(`${url}/login`)
      await visitor.sees('Okta cannot be reached')
      okta.faults.clear()
    }
    await visitor.picture('okta-unavailable')
    await visitor.press('Try again')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('an outage after the sign-in is shown too, and the next sign-in needs no password', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    okta.faults.add({ path: TOKEN, method: 'POST', drop: true })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Okta cannot be reached')
    okta.faults.clear()
    await visitor.press('Try again')
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('a token that the service refuses does not lead to a loop', async t => {
    const { okta, url } = await serveGreetingPage(t, {})
    const { page, ...visitor } = await openWindow(t, browser)

    await page.route(`${url}/greet`, async route => {
      const { authorization } = route.request().headers()
      await route.continue({ headers: { ...route.request().headers(), ...(authorization === undefined ? {} : { authorization: 'Bearer x.y.z' }) } })
    })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('The service did not accept your sign-in')
    t.equal(okta.requests.filter(({ path }) => path === TOKEN).length, 1)
    await visitor.picture('token-refused')
  })
})
