import t from 'tap'
import { openWindow, shareBrowser, skip } from './chromium.js'
import { ADA, GRACE, GROUP, serveGreetingPage } from './greeting-page.js'

t.test('who is greeted', { skip }, async t => {
  const browser = await shareBrowser()

  t.test('a user who is not in the group sees which one it is, who is signed in, and what to ask for', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(GRACE)
    await visitor.sees('You are not in the group')
    t.match(await visitor.text(), /signed in as grace@example\.com.+members of the group Fastify Okta/)
    t.match(await visitor.text(), 'Please add grace@example.com to the Okta group “Fastify Okta”.')
    await visitor.picture('group-required')

    await visitor.press('I have been added: try again')
    await page.getByText('Not yet', { exact: false }).waitFor()
    okta.groups.addUser(GROUP, GRACE)
    await visitor.press('I have been added: try again')
    await visitor.sees('Good Morning, Grace Hopper')
    t.equal(okta.requests.filter(({ path }) => path.endsWith('/v1/token')).length, 1, 'without signing in again')
  })

  t.test('a user removed from the group is refused when the page is loaded again, and greeted when added again', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
    okta.groups.removeUser(GROUP, ADA)
    await page.reload()
    await visitor.sees('You are not in the group')
    t.equal(page.url(), `${url}/greet`)

    okta.groups.addUser(GROUP, ADA)
    await page.reload()
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('somebody else can sign in instead', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await visitor.signInAs(GRACE)
    await visitor.sees('You are not in the group')
    await visitor.press('Sign in as somebody else')
    await visitor.sees('Sign in')
    await visitor.signInAs(ADA)
    await visitor.sees('Good Morning, Ada Lovelace')
  })

  t.test('a user who is not active sees so, and can try again', async t => {
    const { okta, url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)

    await page.goto(`${url}/login`)
    await page.route('**/v1/token', async route => {
      const response = await route.fetch()
      okta.users.setStatus(ADA, 'SUSPENDED')
      await route.fulfill({ response })
    })
    await visitor.signInAs(ADA)
    await visitor.sees('This account is not active')
    t.match(await visitor.text(), 'ada@example.com is suspended, locked or not set up yet')
    await visitor.picture('user-inactive')
    okta.users.setStatus(ADA, 'ACTIVE')
    await visitor.press('Try again')
    await visitor.sees('Good Morning, Ada Lovelace')
  })
})
