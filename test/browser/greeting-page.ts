import file, { type Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { buildApp } from '#greeting/app.js'
import type { AppSettings } from '#greeting/settings/app-settings.js'
import { restore, startOrg } from '../kit/org.js'
import { freePort } from '../kit/free-port.js'

export const ADA = 'ada@example.com'
export const GRACE = 'grace@example.com'
export const GROUP = 'Fastify Okta'
/** Half past nine on a Tuesday, in Greenwich. */
const HALF_PAST_NINE = new Date('2026-11-24T09:30:00Z')

export interface GreetingPage {
  readonly okta: LocalOkta
  /** The origin of the service. */
  readonly url: string
}

let shared: Promise<GreetingPage> | undefined

/**
 * The service with its page, and a local Okta that knows it. Without settings of one's own it is the one that the tests of a
 * file share, and its org is as it was when it started.
 */
export async function serveGreetingPage (t: Pick<Test, 'teardown'>, settings?: Partial<AppSettings>): Promise<GreetingPage> {
  if (settings !== undefined) return await startGreetingPage(t, settings)
  const greetingPage = await (shared ??= startGreetingPage(file, {}))
  restore(greetingPage.okta)
  return greetingPage
}

/** Both are gone when the test ends. */
async function startGreetingPage (t: Pick<Test, 'teardown'>, settings: Partial<AppSettings>): Promise<GreetingPage> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const okta = await startOrg(t, { redirectUris: [`${url}/callback`, `${url}/docs/static/oauth2-redirect.html`], postLogoutRedirectUris: [`${url}/`] })
  const { issuer, audience, apiToken: token, clients } = okta
  const app = await buildApp({
    okta: { issuer, audience, directory: { token, userCacheTtlMs: 0, cooldownMs: 0 } },
    greeting: { group: GROUP, timeZone: 'UTC' },
    logLevel: 'silent',
    publicUrl: url,
    pageClientId: clients.browser.clientId,
    ...settings
  }, { now: () => HALF_PAST_NINE })
  await app.listen({ host: '127.0.0.1', port })
  t.teardown(async () => { await app.close() })
  return { okta, url }
}
