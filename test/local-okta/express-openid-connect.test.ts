import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import expressOpenidConnect from 'express-openid-connect'
import type { ConfigParams } from 'express-openid-connect'
import t from 'tap'
import type { Test } from 'tap'
import { defaultSeed } from 'local-okta'
import { openWindow, shareBrowser, skip } from '../browser/chromium.js'
import type { Visitor } from '../browser/chromium.js'
import { start } from './start.js'

const [CLIENT_ID, CLIENT_SECRET] = ['0oaexpress0000000001', 'a-secret-of-the-express-app']

t.setTimeout(120_000)

/** An Express app that signs people in with express-openid-connect, and a window at its page. */
async function openApp (t: Test, settings: ConfigParams = {}): Promise<{ visitor: Visitor, baseURL: string }> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const localOkta = await start(t, {
    seed: {
      applications: [...defaultSeed.applications, {
        clientId: CLIENT_ID,
        label: 'Express app',
        applicationType: 'web',
        authMethod: 'client_secret_basic',
        clientSecret: CLIENT_SECRET,
        grantTypes: ['authorization_code', 'implicit', 'refresh_token'],
        redirectUris: [`${baseURL}/callback`],
        postLogoutRedirectUris: [baseURL],
        assignedGroups: ['Everyone']
      }]
    }
  })
  app.use(expressOpenidConnect.auth({
    issuerBaseURL: localOkta.issuer, baseURL, clientID: CLIENT_ID, secret: 'a long secret for the cookies of this app', idpLogout: true, authRequired: false, ...settings
  }))
  app.get('/', (_request, response) => { response.type('html').send('<!doctype html><title>App</title><h1>App</h1>') })
  app.get('/me', expressOpenidConnect.requiresAuth(), async (request, response) => {
    const { user, accessToken } = request.oidc
    response.json({ user, userInfo: accessToken === undefined ? null : await request.oidc.fetchUserInfo() })
  })
  return { visitor: await openWindow(t, await shareBrowser()), baseURL }
}

async function signIn (t: Test, { page }: Visitor, baseURL: string): Promise<{ user: Record<string, unknown>, userInfo: Record<string, unknown> | null }> {
  await page.goto(`${baseURL}/me`)
  t.equal(await page.evaluate('document.activeElement.id'), 'username', 'the first field has the focus')
  await page.getByRole('button', { name: 'Ada Lovelace' }).click()
  await page.waitForURL(`${baseURL}/me`)
  return JSON.parse(await page.locator('body').innerText()) as { user: Record<string, unknown>, userInfo: Record<string, unknown> | null }
}

t.test('express-openid-connect signs a person in by its default, an ID token in a form, and out', { skip }, async (t) => {
  const { visitor, baseURL } = await openApp(t)
  const { user } = await signIn(t, visitor, baseURL)
  t.match(user, { sub: '00uadalovelace000001', name: 'Ada Lovelace', email: 'ada@example.com', given_name: 'Ada' })
  await visitor.page.goto(`${baseURL}/logout`)
  await visitor.page.getByRole('heading', { name: 'App' }).waitFor()
  await visitor.page.goto(`${baseURL}/me`)
  await visitor.page.getByLabel('Username').waitFor()
})

t.test('express-openid-connect signs a person in with a code, from a pushed request', { skip }, async (t) => {
  const { visitor, baseURL } = await openApp(t, {
    clientSecret: CLIENT_SECRET,
    pushedAuthorizationRequests: true,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' }
  })
  const { user, userInfo } = await signIn(t, visitor, baseURL)
  t.match(user, { sub: '00uadalovelace000001', name: 'Ada Lovelace' })
  t.match(userInfo, { sub: '00uadalovelace000001', zoneinfo: 'Europe/London' })
})
