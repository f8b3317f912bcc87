import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import file, { type Test } from 'tap'
import { isCi } from '../kit/ci.js'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const TIMEOUT_MS = 20_000
/** Reports Okta's answer before the page gets it: after the page has gone elsewhere, it cannot be read any more. */
const REPORT_TOKENS = `const ask = fetch
globalThis.fetch = async (...request) => {
  const response = await ask(...request)
  if (response.ok && response.url.endsWith('/v1/token')) await reportTokens(await response.clone().json())
  return response
}`

/** Where pictures of what is seen go, for somebody to look at; none are taken where it is not set. */
const PICTURES = process.env['BROWSER_PICTURES']

/** For `skip` of a test: why there is no browser here. On CI there must be one. */
export const skip = existsSync(CHROMIUM) || isCi ? false : `there is no Chromium at ${CHROMIUM}`

let shared: Promise<Browser> | undefined

/** The browser that all tests of this process share, each with windows of its own; it is closed after the last. */
export async function shareBrowser (): Promise<Browser> {
  return await (shared ??= launch())
}

async function launch (): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  file.teardown(async () => { await browser.close() })
  return browser
}

/** Somebody at a browser of their own, who has not been here before. */
export interface Visitor {
  readonly page: Page
  /** What the page did that its policy forbids, and uncaught errors. */
  readonly faults: readonly string[]
  /** Tokens that Okta has given to the page so far. */
  readonly tokens: readonly string[]
  /** The heading of what is shown. */
  heading (): Promise<string>
  /** Waits until a heading is shown, by its whole text. */
  sees (heading: string): Promise<void>
  /** All that is to be read. */
  text (): Promise<string>
  press (name: string): Promise<void>
  follow (name: string): Promise<void>
  /** Fills in the form of the local Okta. */
  signInAs (username: string, password?: string): Promise<void>
  picture (name: string): Promise<void>
}

/** Opens a window; the test fails where a page breaks its policy or has an error. */
export async function openWindow (t: Test, browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(TIMEOUT_MS)
  const faults: string[] = []
  const tokens: string[] = []
  await context.exposeFunction('reportViolation', (violation: string) => { faults.push(violation) })
  await context.addInitScript("addEventListener('securitypolicyviolation', event => reportViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))")
  await context.exposeFunction('reportTokens', ({ access_token: accessToken, id_token: idToken }: Record<string, string>) => { tokens.push(accessToken as string, idToken as string) })
  await context.addInitScript(REPORT_TOKENS)
  page.on('console', message => { if (/content security policy|trusted type/i.test(message.text())) faults.push(message.text()) })
  page.on('pageerror', error => { faults.push(String(error)) })
  t.teardown(async () => {
    await context.close()
    if (faults.length > 0) throw new Error(`a page broke its policy, or had an error: ${faults.join('; ')}`)
  })
  return { page, faults, tokens, ...actionsOn(page) }
}

/** What somebody does in a window; for one that a page opens. */
export function actionsOn (page: Page): Omit<Visitor, 'page' | 'faults' | 'tokens'> {
  return {
    heading: async () => await page.locator('h1').innerText(),
    sees: async heading => { await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor() },
    text: async () => await page.locator('body').innerText(),
    press: async name => { await page.getByRole('button', { name, exact: true }).click() },
    follow: async name => { await page.getByRole('link', { name, exact: true }).click() },
    signInAs: async (username, password = 'local-okta-1') => {
      await page.getByLabel('Username').fill(username)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    },
    picture: async name => {
      if (PICTURES === undefined) return
      mkdirSync(PICTURES, { recursive: true })
      await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
    }
  }
}
