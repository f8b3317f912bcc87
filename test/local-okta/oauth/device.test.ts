import * as client from 'openid-client'
import * as oauth from 'oauth4webapi'
import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, loopback, refusalOf } from '../app-client.js'
import { Browser } from '../browser.js'
import type { Visited } from '../browser.js'
import { insecure } from '../openid-client-flow.js'
import { start } from '../start.js'

const GRACE = { username: 'grace@example.com', password: 'local-okta-1' }

interface Device {
  readonly localOkta: LocalOkta
  readonly started: oauth.DeviceAuthorizationResponse
  readonly poll: () => Promise<oauth.TokenEndpointResponse>
}

/** A device that waits for a person. */
async function startDevice (t: Test): Promise<Device> {
  const localOkta = await start(t)
  const { server } = await AppClient.discover(localOkta)
  const device = { client_id: localOkta.clients.native.clientId }
  const started = await oauth.processDeviceAuthorizationResponse(server, device, await oauth.deviceAuthorizationRequest(server, device, oauth.None(), { scope: 'openid' }, loopback))
  const poll = async (): Promise<oauth.TokenEndpointResponse> => oauth.processDeviceCodeResponse(server, device, await oauth.deviceCodeGrantRequest(server, device, oauth.None(), started.device_code, loopback))
  return { localOkta, started, poll }
}

async function confirm ({ localOkta, started }: Device): Promise<{ browser: Browser, page: Visited }> {
  const browser = new Browser(localOkta.orgUrl)
  const code = await browser.visit(started.verification_uri_complete ?? '')
  return { browser, page: /name="confirm"/.test(code.html) ? code : await browser.submit(code) }
}

t.test('openid-client waits until a person has entered the code', async (t) => {
  const localOkta = await start(t)
  const configuration = await client.discovery(new URL(localOkta.issuer), localOkta.clients.native.clientId, undefined, client.None(), insecure)
  const started = await client.initiateDeviceAuthorization(configuration, { scope: 'openid' })
  const { browser, page } = await confirm({ localOkta, started, poll: async () => { throw new Error('not used') } })
  t.match((await browser.submit(await browser.submit(page), GRACE)).html, /Device activated/)
  t.match(await client.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 0.01 }), { id_token: String })
})

t.test('a device that asks too often is told to slow down, until it is signed in', async (t) => {
  const device = await startDevice(t)
  t.match(await refusalOf(device.poll()), { error: 'authorization_pending' })
  t.match(await refusalOf(device.poll()), { error: 'slow_down', error_description: 'Slow down the polling frequency. Please try again later.' })
  device.localOkta.clock.advance(5001)
  t.match(await refusalOf(device.poll()), { error: 'authorization_pending' })
  const { browser, page } = await confirm(device)
  await browser.submit(await browser.submit(page), GRACE)
  t.match(await device.poll(), { access_token: String }, 'nothing to wait for any more')
  t.match(await refusalOf(device.poll()), { error: 'invalid_grant', error_description: 'The device code is invalid or has expired.' }, 'once')
})

t.test('a person may refuse', async (t) => {
  const device = await startDevice(t)
  const { browser, page } = await confirm(device)
  const refused = await browser.submit(page, { abort: 'yes' })
  t.match([refused.status, refused.html], [200, /not signed in/])
  t.match(await refusalOf(device.poll()), { error: 'access_denied' })
})

t.test('a code that has expired is good for neither the person nor the device', async (t) => {
  const device = await startDevice(t)
  const { browser, page } = await confirm(device)
  device.localOkta.clock.advance(601_000)
  t.match(await refusalOf(device.poll()), { error: 'expired_token', error_description: 'The device code has expired.' })
  t.notMatch((await browser.submit(page)).html, /Device activated|name="password"/)
  const other = new Browser(device.localOkta.orgUrl)
  t.match((await other.submit(await other.visit(device.started.verification_uri), { user_code: device.started.user_code })).html, /role="alert">This code is not valid, or no longer\./)
})

t.test('an unknown device code is refused, and one of another app', async (t) => {
  const { localOkta, started } = await startDevice(t)
  const ask = async (deviceCode: string, clientId: string): Promise<unknown> => (await fetch(`${localOkta.issuer}/v1/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode, client_id: clientId })
  })).json()
  t.match(await ask('nonsense', localOkta.clients.native.clientId), { error: 'invalid_grant', error_description: 'The device code is invalid or has expired.' })
  t.match(await ask(started.device_code, localOkta.clients.browser.clientId), { error: 'unauthorized_client' })
})
