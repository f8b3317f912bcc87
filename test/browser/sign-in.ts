import t from 'tap'
import { openWindow, shareBrowser, skip } from './chromium.js'
import { ADA, GRACE, serveGreetingPage } from './greeting-page.js'

t.test('signing in', { skip }, async t => {
  const browser = await shareBrowser()

  t.test('a new user gets from the welcome page to the greeting', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, tokens, ...visitor } = await openWindow(t, browser)

    await page.goto(url)
    await visitor.sees('Welcome')
    await visitor.picture('welcome')
    await visitor.follow('Sign in')
    await visitor.sees('Sign in')
    await visitor.picture('okta')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    await visitor.picture('greeting')
    t.equal(page.url(), `${url}/greet`)
    t.equal(await page.title(), 'Good Morning, Ada Lovelace · Greeting')
    t.match(await visitor.text(), /Tuesday.+24 November.+09:30\s+Europe\/London[^]+ada@example\.com[^]+Fastify Okta/)
    t.equal(await page.evaluate('document.activeElement.tagName'), 'H1', 'where a screen reader goes on')

    const kept = JSON.stringify([
      await page.evaluate('[{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, document.referrer, history.state, name, performance.getEntries().map(({ name }) => name)]'),
      await page.context().storageState({ indexedDB: true }),
      await page.content()
    ])
    t.equal(tokens.length, 2)
    for (const token of tokens) t.notOk(kept.includes(token), 'tokens are in memory only')
    t.strictSame(await page.evaluate('Object.keys(sessionStorage)'), [], 'nor is there anything else left of the sign-in')
    t.strictSame((await page.context().cookies(url)).filter(({ name }) => !['idx', 'idx.sig', 'resume', 'resume.sig'].includes(name)), [], 'no cookies but Okta\'s')
  })

  t.test('a wrong password is Okta\'s to refuse, and the right one still leads to the greeting', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA, 'wrong')
    t.match(await page.getByRole('alert').innerText(), 'Unable to sign in')
    await visitor.picture('okta-wrong-password')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('the address of the greeting asks to sign in, and is come back to with its query', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    const response = await page.goto(`${url}/greet?timeZone=Asia/Tokyo`)
    t.equal(response?.status(), 401)
    await visitor.sees('Sign in to be greeted')
    await visitor.picture('sign-in-required')
    await visitor.follow('Sign in')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Evening, Ada Lovelace')
    t.match(await visitor.text(), /18:30\s+Asia\/Tokyo/)
    t.equal(page.url(), `${url}/greet?timeZone=Asia/Tokyo`)
    await visitor.picture('greeting-evening')
  })

  t.test('the address of the account asks to sign in in its own words, and is come back to, whatever the group', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    const response = await page.goto(`${url}/me`)
    t.equal(response?.status(), 401)
    await visitor.sees('Sign in to see your account')
    t.match(await visitor.text(), 'Sign in to see your account.')
    t.notMatch(await visitor.text(), /greeted|members/)
    await visitor.picture('sign-in-for-account')
    await visitor.follow('Sign in')
    await visitor.signInAs(GRACE)
    await visitor.sees('Your account')
    t.match(await visitor.text(), /grace@example\.com[^]+Everyone/)
    t.equal(page.url(), `${url}/me`)
    await visitor.picture('account')
    await page.reload()
    await visitor.sees('Your account')
  })

  t.test('markup in what Okta knows of somebody stays text', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)
    const displayName = '<img src=x onerror=alert(1)>"\'&amp;'

    okta.users.update(ADA, { displayName })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees(`Good Morning, ${displayName}`)
    t.equal(await page.locator('main img').count(), 0)
  })

  t.test('a browser that uses another name of this machine is redirected to the one that Okta knows', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(url.replace('127.0.0.1', 'localhost'))
    await visitor.follow('Sign in')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    t.equal(page.url(), `${url}/greet`)
  })

  t.test('if the service accepts bound tokens only, the page binds them to a key that cannot leave the browser', async t => {
    const { okta, url } = await serveGreetingPage(t, { dpop: 'required' })
    const { page, ...visitor } = await openWindow(t, browser)
    const schemes: string[] = []

    page.on('request', request => {
      const { authorization } = request.headers()
      if (authorization !== undefined) schemes.push(authorization.split(' ')[0] as string)
    })
    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    t.strictSame([...new Set(schemes)], ['DPoP'])
    t.ok(okta.requests.some(({ path }) => path.endsWith('/v1/token')))
  })
})
