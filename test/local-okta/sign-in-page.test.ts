import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { defaultSeed } from 'local-okta'
import type { LocalOkta } from 'local-okta'
import { shareBrowser, skip } from '../browser/chromium.js'
import { AppClient } from './app-client.js'
import { callsTo } from './management-api.js'
import { addSignOnRule } from './sign-on.js'
import { share, start } from './start.js'

t.setTimeout(120_000)

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PRIVATE_SCHEME = 'com.okta.dev-1:/callback'
const IPV6 = 'http://[::1]:3999/callback'

/** An app that a browser can be sent back to; gives its redirect URI. */
async function startApp (t: Test): Promise<string> {
  const server = createServer((_request, response) => { response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title>') })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
}

/** Where a browser begins to sign in. */
function authorizeUrl ({ issuer, clients }: LocalOkta, redirectUri: string): string {
  return `${issuer}/v1/authorize?${String(new URLSearchParams({
    client_id: clients.browser.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 's',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256'
  }))}`
}

/** An org with an app on a phone, and one on the IPv6 loopback. */
async function startWithApps (t: Parameters<typeof start>[0]): Promise<LocalOkta> {
  const app = { applicationType: 'native', authMethod: 'none', grantTypes: ['authorization_code'], assignedGroups: ['Everyone'] } as const
  return start(t, {
    seed: {
      applications: [
        ...defaultSeed.applications,
        { ...app, grantTypes: [...app.grantTypes], assignedGroups: ['Everyone'], clientId: 'phone', label: 'Phone', redirectUris: [PRIVATE_SCHEME] },
        { ...app, grantTypes: [...app.grantTypes], assignedGroups: ['Everyone'], clientId: 'ipv6', label: 'IPv6', redirectUris: [IPV6] }
      ]
    }
  })
}

t.test('the page names the people of the org, and a click on a name signs in', async (t) => {
  const localOkta = await share()
  localOkta.users.setStatus('grace@example.com', 'SUSPENDED')
  const app = await AppClient.discover(localOkta)
  const page = await app.authorize()
  t.match(page.html, /<button [^>]*name="person" value="00uadalovelace000001">Ada Lovelace<span>ada@example\.com<\/span>/)
  t.notMatch(page.html, /Grace Hopper/, 'not those who may not sign in')
  t.match(page.html, /<input id="username"[^>]* autofocus/, 'the first field has the focus')
  t.match((await app.browser.submit(page, { person: '00uadalovelace000001' })).url, /\?code=/)

  const other = await AppClient.discover(localOkta)
  t.equal((await other.browser.submit(await other.authorize(), { person: '00ugracehopper000001' })).status, 401)
})

t.test('a redirect URI that is not registered is shown beside those that are, with the app', async (t) => {
  const { html, status } = await (await AppClient.discover(await share())).authorize({ redirect_uri: 'http://127.0.0.1:3000/elsewhere?x=<b>' })
  t.equal(status, 400)
  t.match(html, /The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings\./)
  t.match(html, /http:\/\/127\.0\.0\.1:3000\/elsewhere\?x=&lt;b&gt;/, 'what was sent')
  t.match(html, /http:\/\/127\.0\.0\.1:3000\/callback</, 'what is registered')
  t.match(html, /Greeting page/, 'the app')
  t.match(html, /0oalocalbrowser00001/)
})

t.test('an unknown client id is shown', async (t) => {
  const { html, status } = await (await AppClient.discover(await share())).authorize({ client_id: '0oaunknown<i>' })
  t.equal(status, 400)
  t.match(html, /names no app of this org/)
  t.match(html, /0oaunknown&lt;i&gt;/)
})

t.test('the policy of the page lets the browser go back to any kind of redirect URI', { skip }, async (t) => {
  const localOkta = await startWithApps(t)
  for (const [clientId, redirectUri] of [['phone', PRIVATE_SCHEME], ['ipv6', IPV6]] as const) {
    const context = await (await shareBrowser()).newContext()
    t.teardown(async () => { await context.close() })
    const page = await context.newPage()
    const violations: string[] = []
    page.on('console', (message) => { if (/content security policy/i.test(message.text())) violations.push(message.text()) })
    const left = new Promise<string>((resolve) => {
      page.on('response', (response) => {
        const { location = '' } = response.headers()
        if (location.startsWith(redirectUri)) resolve(location)
      })
    })
    await page.goto(`${localOkta.issuer}/v1/authorize?${String(new URLSearchParams({
      client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 's', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256'
    }))}`)
    await page.getByRole('button', { name: 'Ada Lovelace' }).click({ noWaitAfter: true })
    t.match(await left, /[?&]code=/, redirectUri)
    t.strictSame(violations, [])
  }
})

t.test('the pages are accessible, light and dark, and keep a margin on a phone', { skip }, async (t) => {
  const localOkta = await share()
  const { clientId } = localOkta.clients.browser
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await (await shareBrowser()).newContext({ colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true })
    t.teardown(async () => { await context.close() })
    const page = await context.newPage()
    for (const redirectUri of ['http://127.0.0.1:3000/callback', `http://127.0.0.1:3000/${'elsewhere'.repeat(20)}`]) {
      await page.goto(`${localOkta.issuer}/v1/authorize?${String(new URLSearchParams({
        client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 's', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256'
      }))}`)
      const box = await page.locator('main').boundingBox()
      t.ok(box !== null && box.x >= 8 && box.x + box.width <= 312, 'a margin at both sides')
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
      await page.evaluate(`{ ${axe} }`)
      t.strictSame(await page.evaluate("axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))"), [])
      if (process.env['BROWSER_PICTURES'] !== undefined) {
        await page.screenshot({ path: `${process.env['BROWSER_PICTURES']}/okta-${colorScheme}-${redirectUri.length}.png`, fullPage: true })
      }
    }
  }
})

t.test('the pages of further steps are accessible, keep a margin on a phone, and work by keyboard without scripts', { skip }, async (t) => {
  const redirectUri = await startApp(t)
  const localOkta = await start(t, { redirectUris: [redirectUri] })
  const call = callsTo(localOkta)
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  for (const colorScheme of ['light', 'dark'] as const) {
    const login = colorScheme === 'light' ? 'ada@example.com' : 'grace@example.com'
    localOkta.users.setStatus(login, 'PASSWORD_EXPIRED')
    const context = await (await shareBrowser()).newContext({ colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true })
    t.teardown(async () => { await context.close() })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const check = async (title: string): Promise<void> => {
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, title)
      t.equal(await page.evaluate('document.scripts.length'), 0, 'no scripts')
      await page.evaluate(`{ ${axe} }`)
      t.strictSame(await page.evaluate("axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))"), [], title)
      if (process.env['BROWSER_PICTURES'] !== undefined) {
        await page.screenshot({ path: `${process.env['BROWSER_PICTURES']}/step-${colorScheme}-${title.replaceAll(/\W+/g, '-')}-${Date.now()}.png`, fullPage: true })
      }
    }
    // the first field has the focus on every page
    const type = async (...texts: string[]): Promise<void> => {
      await page.locator('input:focus').waitFor()
      for (const [index, text] of texts.entries()) {
        if (index > 0) await page.keyboard.press('Tab')
        await page.keyboard.type(text)
      }
      await page.keyboard.press('Enter')
    }
    await page.goto(authorizeUrl(localOkta, redirectUri))
    await page.getByRole('link', { name: 'Forgot password?' }).press('Enter')
    await check('Reset your password')
    await type(login)
    await page.getByText(`If ${login} may do this, an e-mail was sent.`).waitFor()
    await check('Reset your password')
    await page.getByRole('link', { name: 'Back to sign in' }).press('Enter')
    await type(login, 'local-okta-1')
    await check('Your password has expired')
    await type('wrong', 'local-okta-2', 'local-okta-2')
    await page.getByRole('alert').getByText('The current password is not correct.').waitFor()
    await type('local-okta-1', 'local-okta-2', 'local-okta-2')
    await check('Set up a second factor')
    await page.getByRole('button', { name: 'Send codes by e-mail' }).press('Enter')
    await check('Set up: E-mail')
    await page.getByRole('button', { name: 'Choose another factor' }).press('Enter')
    await page.getByRole('button', { name: 'Set up an authenticator app' }).press('Enter')
    await check('Set up: Authenticator app')
    t.match(await page.getByRole('img', { name: 'QR code' }).locator('svg').boundingBox(), { width: 224, height: 224 })
    await page.getByRole('button', { name: 'Choose another factor' }).press('Enter')
    await page.getByLabel('Answer').waitFor()
    await type('mayonnaise')
    await page.waitForURL(/\/callback\?code=/)

    await call('POST', `users/${login}/factors?activate=true`, { factorType: 'email', provider: 'OKTA' })
    await page.goto(`${authorizeUrl(localOkta, redirectUri)}&prompt=login`)
    await page.getByLabel('Username').fill(login)
    await page.getByLabel('Password').fill('local-okta-2')
    await page.keyboard.press('Enter')
    await check('Verify it is you')
  }
})
