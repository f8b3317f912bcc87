import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
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

  t.test('a token that is pasted does as well', async t => {
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
