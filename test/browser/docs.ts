import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { findingsOf } from './axe.js'
import { actionsOn, openWindow, shareBrowser, skip, type Visitor } from './chromium.js'
import { ADA, GRACE, serveGreetingPage } from './greeting-page.js'

/** Opens the documentation in a window of its own. */
async function openDocs (t: Test, browser: Parameters<typeof openWindow>[1], url: string): Promise<Visitor> {
  const visitor = await openWindow(t, browser)
  await visitor.page.goto(`${url}/docs`)
  await visitor.page.getByText('Greets the caller').waitFor()
  return visitor
}

async function openDialog (page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Authorize' }).first().click()
  return page.locator('.dialog-ux')
}

/** Tries a route as it stands, and gives the status and the body of the answer. */
async function tryOut (page: Page, operation: string): Promise<{ status: string, body: string }> {
  const block = page.locator(`#operations-${operation}`)
  await block.locator('.opblock-summary-control').click()
  await block.getByRole('button', { name: 'Try it out' }).click()
  await block.getByRole('button', { name: 'Execute' }).click()
  const answer = block.locator('.live-responses-table .response')
  return { status: await answer.locator('.response-col_status').innerText(), body: await answer.locator('.response-col_description .highlight-code code').first().innerText() }
}

t.test('the documentation of the routes', { skip }, async t => {
  const browser = await shareBrowser()
  const { okta, url } = await serveGreetingPage(t)

  t.test('somebody signs in at Okta in a popup, and tries a route', async t => {
    const { page, ...visitor } = await openDocs(t, browser, url)
    const dialog = await openDialog(page)
    await visitor.picture('docs-authorize')
    const [popup] = await Promise.all([page.waitForEvent('popup'), dialog.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click()])
    await Promise.all([popup.waitForEvent('close'), actionsOn(popup).signInAs(ADA)])
    await dialog.getByText('Authorized', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).first().click()
    const { status, body } = await tryOut(page, 'greeting-greet')

    t.match(status, /^200/)
    t.match(JSON.parse(body), { greeting: 'Good Morning', name: 'Ada Lovelace' })
    await visitor.picture('docs-tried')
    t.strictSame(await page.evaluate('({ ...localStorage, ...sessionStorage })'), {}, 'nothing is kept')
    t.ok(okta.requests.some(({ path, query }) => path.endsWith('/v1/authorize') && query.includes('code_challenge_method=S256')))
  })

  t.test('it offers no field for a secret, and shows no closed padlock before a sign-in', async t => {
    const { page, ...visitor } = await openDocs(t, browser, url)

    t.equal(await page.getByLabel('authorization button locked', { exact: true }).count(), 0)
    t.equal(await page.locator('#operations-greeting-welcome').getByLabel('authorization button unlocked', { exact: true }).count(), 1)
    const dialog = await openDialog(page)
    t.equal(await dialog.getByLabel('client_id').isVisible(), true)
    t.equal(await dialog.getByText('client_secret').isVisible(), false)
    t.equal(await dialog.locator('input[id^=client_secret]').isVisible(), false)
    await visitor.picture('docs-dialog')
  })

  t.test('it is dark where the browser is, and fits a phone', async t => {
    const { page, ...visitor } = await openWindow(t, browser, { colorScheme: 'dark', viewport: { width: 320, height: 640 } })

    await page.goto(`${url}/docs`)
    await page.getByText('Greets the caller').waitFor()
    t.notMatch(await page.evaluate('getComputedStyle(document.body).backgroundColor'), /rgb\(2\d\d/)
    t.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await visitor.picture('docs-dark-phone')
  })

  t.test('an open operation has enough contrast, and names for screen readers, in the light and in the dark', async t => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openWindow(t, browser, { colorScheme })
      await page.goto(`${url}/docs`)
      await page.locator('#operations-greeting-greet .opblock-summary-control').click()
      await page.locator('.examples-select-element[aria-label]').first().waitFor()
      t.same(await findingsOf(page, ['color-contrast', 'select-name', 'label', 'button-name', 'link-name', 'image-alt', 'aria-valid-attr-value']), [], colorScheme)
    }
  })

  t.test('without JavaScript it says where the description is', async t => {
    const { page, ...visitor } = await openWindow(t, browser, { javaScriptEnabled: false })

    await page.goto(`${url}/docs`)
    t.match(await visitor.text(), 'This page needs JavaScript')
  })

  t.test('a pasted token can be used too', async t => {
    const { page, ...visitor } = await openDocs(t, browser, url)
    const dialog = await openDialog(page)
    await dialog.getByLabel('auth-bearer-value').fill(await okta.mintAccessToken({ user: GRACE }))
    await dialog.getByRole('button', { name: 'Apply credentials', exact: true }).click()
    await dialog.getByRole('button', { name: 'Close' }).first().click()
    const { status, body } = await tryOut(page, 'greeting-greet')

    t.match(status, /^403/)
    t.match(JSON.parse(body), { code: 'FST_OKTA_GROUP_REQUIRED' })
    await visitor.picture('docs-refused')
  })
})
