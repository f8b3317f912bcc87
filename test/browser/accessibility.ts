import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { findingsOf } from './axe.js'
import { openWindow, shareBrowser, skip, type Visitor } from './chromium.js'
import { ADA, GRACE, serveGreetingPage, type GreetingPage } from './greeting-page.js'

const VIEWS = ['busy', 'greeting', 'account', 'group-required', 'user-inactive', 'unavailable', 'service-not-set-up', 'service-unavailable', 'token-refused', 'refused', 'sign-out-failed', 'storage-blocked', 'okta-unavailable', 'okta-silent', 'not-set-up', 'session-ended', 'sign-in-refused', 'sign-in-expired', 'sign-in-unsafe', 'sign-in-unknown', 'page-failed']

async function isTooWide (page: Page): Promise<boolean> {
  return await page.evaluate('document.documentElement.scrollWidth > innerWidth')
}

/** The other views are reached by what goes wrong, which other tests do: here they are laid out one after the other. */
async function layOut (page: Page, view: string): Promise<void> {
  await page.evaluate(`{
    const main = document.querySelector('main')
    main.replaceChildren(document.querySelector('template[data-view="${view}"]').content.cloneNode(true))
    for (const slot of main.querySelectorAll('[data-slot]')) slot.append(slot.tagName === 'UL' ? Object.assign(document.createElement('li'), { textContent: 'Everyone' }) : 'ada.augusta.king.noel.countess.of.lovelace@analytical-engines.example.com')
  }`)
}

async function checkAll (t: Test, { url }: GreetingPage, { page, ...visitor }: Visitor, look: string): Promise<void> {
  const check = async (name: string): Promise<void> => {
    t.strictSame(await findingsOf(page), [], `axe finds nothing wrong with ${name}`)
    t.equal(await isTooWide(page), false, `${name} fits the width`)
    await visitor.picture(`${look}-${name}`)
  }
  await page.goto(url)
  await check('welcome')
  await page.goto(`${url}/nowhere`)
  await visitor.sees('Not Found')
  await check('not-found')
  await page.goto(`${url}/greet`)
  await check('sign-in-required')
  await page.goto(`${url}/login`)
  await visitor.signInAs(ADA)
  await visitor.sees('Good Morning, Ada Lovelace')
  await check('greeted')
  for (const view of VIEWS) {
    await layOut(page, view)
    await check(view)
  }
}

t.test('every page is clean', { skip }, async t => {
  const browser = await shareBrowser()
  const looks = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    phone: { colorScheme: 'light', viewport: { width: 320, height: 640 }, hasTouch: true, deviceScaleFactor: 2 },
    contrast: { colorScheme: 'dark', forcedColors: 'active', viewport: { width: 320, height: 640 } }
  } as const
  for (const [look, options] of Object.entries(looks)) {
    t.test(look, async t => { await checkAll(t, await serveGreetingPage(t), await openWindow(t, browser, options), look) })
  }

  t.test('every page can be used with the keyboard alone', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser)
    const focused = async (): Promise<string> => await page.evaluate('document.activeElement.textContent.trim()')
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 6 && await focused() !== name; presses++) await page.keyboard.press('Tab')
      t.equal(await focused(), name)
      t.not(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none', 'and the focus is seen')
    }

    await page.goto(url)
    await tabTo('Sign in')
    await page.keyboard.press('Enter')
    await page.getByLabel('Username').focus()
    await page.keyboard.type(GRACE)
    await page.keyboard.press('Tab')
    await page.keyboard.type('local-okta-1')
    await page.keyboard.press('Enter')
    await visitor.sees('You are not in the group')
    await tabTo('I have been added: try again')
    await visitor.picture('focus')
    await page.keyboard.press('Space')
    await page.getByText('Not yet').waitFor()
    t.equal(await focused(), 'I have been added: try again', 'the focus stays where it is used')
    await tabTo('Sign out')
    await page.keyboard.press('Enter')
    await visitor.sees('Welcome')
  })

  t.test('without JavaScript, the pages say what they need', async t => {
    const { url } = await serveGreetingPage(t)
    const { page, ...visitor } = await openWindow(t, browser, { javaScriptEnabled: false })

    for (const path of ['/', '/greet', '/login', '/callback', '/logout']) {
      await page.goto(`${url}${path}`)
      t.match(await visitor.text(), 'Signing in needs JavaScript')
    }
    await visitor.picture('no-javascript')
  })
})
