import t from 'tap'
import { openWindow, shareBrowser, skip } from './chromium.js'
import { ADA, serveGreetingPage } from './greeting-page.js'

t.test('sign-ins that come to nothing', { skip }, async t => {
  const browser = await shareBrowser()

  t.test('a refusal of the service is shown in its words', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login?timeZone=Mars/Olympus`)
    await visitor.signInAs(ADA)
    await visitor.sees('That did not work')
    t.match(await visitor.text(), 'timeZone must be one IANA time zone, such as Europe/London')
    await visitor.picture('refused')
  })

  t.test('a user whom Okta refuses sees why, as text', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    okta.applications.unassignGroup('browser', 'Everyone')
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Okta did not let you in')
    t.match(await visitor.text(), 'User is not assigned to the client application.')
    t.equal(page.url(), `${url}/callback`, 'without Okta\'s answer')
    await visitor.picture('sign-in-refused')

    okta.applications.assignGroup('browser', 'Everyone')
    await visitor.press('Try again')
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('a response to a sign-in that did not begin in this window is not read', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/callback?error=x&error_description=Call+this+number&state=x`)
    await visitor.sees('No sign-in is in progress.')
    t.notMatch(await visitor.text(), 'Call this number')
    await visitor.picture('sign-in-unknown')
  })

  t.test('a forged response is discarded, and so is the pending sign-in', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.sees('Sign in')
    await page.goto(`${url}/callback?error=access_denied&error_description=Call+this+number&state=x`)
    await visitor.sees('This sign-in is not safe to use')
    t.notMatch(await visitor.text(), 'Call this number')
    t.notOk(okta.requests.some(({ path }) => path.endsWith('/v1/token')))
    await visitor.picture('sign-in-unsafe')
    await page.reload()
    await visitor.sees('No sign-in is in progress.')
  })
})
