import t from 'tap'
import { openWindow, shareBrowser, skip } from './chromium.js'
import { ADA, serveGreetingPage, type GreetingPage } from './greeting-page.js'

t.test('signing out, and coming back', { skip }, async t => {
  const browser = await shareBrowser()

  async function isActive ({ okta }: GreetingPage, token: string): Promise<boolean> {
    const response = await fetch(`${okta.issuer}/v1/introspect`, { method: 'POST', body: new URLSearchParams({ token, client_id: okta.clients.browser.clientId }) })
    return (await response.json() as { active: boolean }).active
  }

  t.test('the tokens are revoked, Okta\'s session ends, and the browser returns to the welcome page', async t => {
    const greetingPage = await serveGreetingPage(t)
    const { okta, url } = greetingPage
    const { page, tokens, ...visitor } = await openWindow(t, browser)
    const addresses: string[] = []

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    t.equal(await isActive(greetingPage, tokens[0] as string), true)
    page.on('request', request => { addresses.push(request.url()) })
    await visitor.press('Sign out')
    await visitor.sees('Welcome')
    await page.getByRole('status').waitFor()
    await visitor.picture('signed-out')
    t.equal(await page.getByRole('status').innerText(), 'You are signed out, here and at Okta.')
    t.equal(page.url(), `${url}/`)
    t.equal(await isActive(greetingPage, tokens[0] as string), false)
    t.match(okta.requests.filter(({ path }) => /logout|revoke/.test(path) && !/OPTIONS/.test(path)).map(({ method, path }) => `${method} ${path}`),
      ['POST /oauth2/default/v1/revoke', 'POST /oauth2/default/v1/logout'])
    for (const token of tokens) t.notOk(addresses.some(address => address.includes(token)), 'no token is in an address')

    await page.reload()
    t.equal(await page.getByRole('status').count(), 0, 'which is said once')
    await visitor.follow('Sign in')
    await page.getByLabel('Password').waitFor()
    t.match(page.url(), okta.orgUrl, 'Okta asks for the password again')
  })

  t.test('going back after signing out shows nothing of before', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    await visitor.press('Sign out')
    await visitor.sees('Welcome')
    await page.goBack()
    await visitor.sees('Sign in to be greeted')
    t.notMatch(await visitor.text(), /Ada/)
  })

  t.test('loading the greeting again, or going back to it, needs no password while Okta\'s session lasts', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    await page.reload()
    await visitor.sees('Good Morning, Ada Lovelace')
    await visitor.follow('Greeting')
    await visitor.sees('Welcome')
    await page.goBack()
    await visitor.sees('Good Morning, Ada Lovelace')
    await page.goForward()
    await visitor.sees('Welcome')
    await visitor.follow('Sign in')
    await visitor.sees('Good Morning, Ada Lovelace')
    t.equal(okta.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/signin/')).length, 1)
  })

  t.test('when Okta\'s session has ended meanwhile, loading again asks to sign in, and does not ask Okta over and over', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    await page.context().clearCookies()
    okta.requests.clear()
    await page.reload()
    await visitor.sees('Please sign in again')
    await visitor.picture('session-ended')
    t.equal(okta.requests.filter(({ path }) => path.endsWith('/v1/authorize')).length, 1)
    await visitor.press('Sign in')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('/logout ends Okta\'s session though the page has no token', async t => {
    const greetingPage = await serveGreetingPage(t)
    const { url } = greetingPage
    const { page, tokens, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    await page.goto(`${url}/logout`)
    await visitor.sees('Welcome')
    t.equal(await page.getByRole('status').innerText(), 'You are signed out, here and at Okta.')
    t.equal(tokens.length, 4, 'those of both sign-ins')
    t.equal(await isActive(greetingPage, tokens[2] as string), false, 'the token that was asked for to sign out with')
    await visitor.follow('Sign in')
    await page.getByLabel('Password').waitFor()
  })

  t.test('if Okta refuses to end its session, the page does not say that it has', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    okta.faults.add({ path: '/oauth2/default/v1/logout', status: 400 })
    await visitor.press('Sign out')
    await page.waitForURL(`${okta.issuer}/v1/logout`)
    await page.goto(url)
    await visitor.sees('Welcome')
    t.equal(await page.getByRole('status').count(), 0)
  })

  t.test('/logout of a browser that is not signed in leads to the welcome page', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/logout`)
    await visitor.sees('Welcome')
    await page.getByRole('status').waitFor()
    t.equal(page.url(), `${url}/`)
  })

  t.test('a link of another site to /logout signs no one out without a question', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    okta.requests.clear()
    for (const name of ['Stay signed in', 'Sign out']) {
      await page.goto(`data:text/html,<a href="${url}/logout">A picture of a cat</a>`)
      await visitor.follow('A picture of a cat')
      await visitor.sees('Sign out?')
      t.notOk(okta.requests.some(({ path }) => /logout|authorize/.test(path)), 'nothing happens by itself')
      await visitor.picture('sign-out-question')
      await (name === 'Sign out' ? visitor.press(name) : visitor.follow(name))
      await visitor.sees('Welcome')
    }
    await page.getByRole('status').waitFor()
    t.ok(okta.requests.some(({ path }) => path.endsWith('/v1/logout')))
  })

  t.test('/logout under another name of the service signs out at its public URL, after a question', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    await page.goto(`${url.replace('127.0.0.1', 'localhost')}/logout`)
    await page.waitForURL(`${url}/logout`)
    await visitor.sees('Sign out?')
    await visitor.press('Sign out')
    await visitor.sees('Welcome')
    await page.getByRole('status').waitFor()
    t.equal(page.url(), `${url}/`)
    await visitor.follow('Sign in')
    await page.getByLabel('Password').waitFor()
  })

  t.test('when Okta is unavailable, the page does not say that the user is signed out', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    okta.faults.add({ path: '/oauth2/default/v1/revoke', drop: true })
    await visitor.press('Sign out')
    await visitor.sees('You are not signed out yet')
    await visitor.picture('sign-out-failed')
    okta.faults.clear()
    await visitor.press('Try to sign out again')
    await visitor.sees('Welcome')
  })
})
