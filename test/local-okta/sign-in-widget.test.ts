import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { DEVELOPMENT_PASSWORD } from 'local-okta'
import { shareBrowser } from '../browser/chromium.js'
import { install, temporaryFolder } from '../package/build.js'
import { callsTo } from './management-api.js'
import { start } from './start.js'
import { leftToCi } from '../kit/ci.js'

/** Over 100 MB with its source maps: not a dependency of the repository. */
const WIDGET = '@okta/okta-signin-widget@7.49.0'
const SCRIPT = 'node_modules/@okta/okta-signin-widget/dist/js/okta-sign-in.classic.min.js'
const SLOW = { timeout: 600_000 }
t.setTimeout(SLOW.timeout)

const skip = leftToCi('it installs the sign-in widget')

/** A page with the widget in its classic mode, which puts the tokens that it gets into `globalThis.tokens`. */
async function openWidget (t: Test, script: Buffer): Promise<{ page: Page, localOkta: LocalOkta }> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/widget.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>App</title><div id="widget"></div><script src="/widget.js"></script>')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const localOkta = await start(t, { redirectUris: [`${origin}/callback`] })
  const context = await (await shareBrowser()).newContext()
  t.teardown(async () => {
    await context.close()
    server.closeAllConnections()
    server.close()
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(`${origin}/`)
  const configuration = {
    baseUrl: localOkta.orgUrl, clientId: localOkta.clients.browser.clientId, redirectUri: `${origin}/callback`, useClassicEngine: true, authParams: { issuer: localOkta.issuer }
  }
  await page.evaluate(`{
    const widget = new OktaSignIn(${JSON.stringify(configuration)})
    globalThis.tokens = widget.showSignInToGetTokens({ el: '#widget', scopes: ['openid', 'profile', 'email'] })
    // not the promise: it would be waited for
    void 0
  }`)
  return { page, localOkta }
}

async function signIn (page: Page, password = DEVELOPMENT_PASSWORD): Promise<void> {
  await page.locator('input[name=username]').fill('ada@example.com')
  await page.locator('input[name=password]').fill(password)
  await page.locator('input[type=submit]').click()
}

async function emailIn (page: Page): Promise<unknown> {
  return page.evaluate('tokens.then(({ idToken }) => idToken.claims.email)')
}

t.test('Okta\'s sign-in widget in its classic mode', { ...SLOW, skip }, async (t) => {
  const folder = await install(join(temporaryFolder(t), 'project'), [WIDGET])
  const script = await readFile(join(folder, SCRIPT))

  t.test('refuses a wrong password, and gets tokens with the right one', async (t) => {
    const { page } = await openWidget(t, script)
    await signIn(page, 'wrong')
    await page.getByText('Unable to sign in').waitFor()
    await signIn(page)
    t.equal(await emailIn(page), 'ada@example.com')
  })

  t.test('has an expired password changed', async (t) => {
    const { page, localOkta } = await openWidget(t, script)
    localOkta.users.setStatus('ada@example.com', 'PASSWORD_EXPIRED')
    await signIn(page)
    await page.locator('input[name=oldPassword]').fill(DEVELOPMENT_PASSWORD)
    await page.locator('input[name=newPassword]').fill('local-okta-2')
    await page.locator('input[name=confirmPassword]').fill('local-okta-2')
    await page.getByRole('button', { name: 'Change Password' }).click()
    t.equal(await emailIn(page), 'ada@example.com')
  })

  t.test('asks for a second factor', async (t) => {
    const { page, localOkta } = await openWidget(t, script)
    const call = callsTo(localOkta)
    const [policy] = (await call('GET', 'policies?type=OKTA_SIGN_ON')).body as Array<{ id: string }>
    await call('POST', `policies/${policy?.id}/rules`, { type: 'SIGN_ON', name: 'Second factor', actions: { signon: { access: 'ALLOW', requireFactor: true } } })
    await call('POST', 'users/ada@example.com/factors', { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: 'mayonnaise' } })
    await signIn(page)
    await page.locator('input[name=answer]').fill('mayonnaise')
    await page.getByRole('button', { name: 'Verify' }).click()
    t.equal(await emailIn(page), 'ada@example.com')
  })
})
