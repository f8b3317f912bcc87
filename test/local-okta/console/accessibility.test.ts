import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { openWindow, shareBrowser, skip } from '../../browser/chromium.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'
import { post } from './forms.js'

t.setTimeout(300_000)

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true }
} as const
const PATHS = {
  home: '/',
  people: '/console/people',
  person: '/console/people/00uadalovelace000001',
  groups: '/console/groups',
  group: '/console/groups/00gfastifyokta000001',
  everyone: '/console/groups/00geveryone000000001?done=member-added',
  applications: '/console/applications',
  application: '/console/applications/0oalocalservice00001',
  'authorization-servers': '/console/authorization-servers',
  'authorization-server': '/console/authorization-servers/default',
  'trusted-origins': '/console/trusted-origins',
  tokens: '/console/tokens',
  'api-tokens': '/console/api-tokens',
  'sent-codes': '/console/sent-codes',
  'event-hooks': '/console/event-hooks',
  'universal-logout': '/console/applications/0oalocalservice00001/universal-logout',
  'security-events': '/console/security-events',
  'system-log': '/console/system-log',
  faults: '/console/faults',
  'not-found': '/console/nowhere'
}

t.test('every page of the console is accessible, and fits the window', { skip }, async (t) => {
  const localOkta = await start(t)
  await post(localOkta, '/console/trusted-origins', { name: 'The page', trustedOrigin: 'http://127.0.0.1:8080' })
  localOkta.faults.add({ path: '/oauth2/default/v1/token', status: 429, delayMs: 100 })
  localOkta.faults.add({ delivery: 'event-hook', copies: 2, delayMs: 100 })
  await localOkta.rotateKeys()
  localOkta.users.setStatus('grace@example.com', 'SUSPENDED')
  const { id: stream } = localOkta.securityEvents.register({ clientId: 'service', url: 'http://127.0.0.1:1/okta/security-events', authorization: 'secret' })
  localOkta.universalLogout.register({ clientId: 'service', url: 'http://127.0.0.1:1/okta/universal-logout' })
  localOkta.securityEvents.verify(stream)
  localOkta.universalLogout.signOut('grace@example.com')
  await localOkta.deliveries.settled()
  const { body: [policy] } = await callsTo(localOkta)('GET', 'authorizationServers/default/policies')
  const paths = { ...PATHS, 'access-policy': `/console/access-policies/${policy.id}`, stream: `/console/security-events/${stream}` }
  for (const [look, options] of Object.entries(LOOKS)) {
    t.test(look, async (t) => {
      const { page, picture } = await openWindow(t, await shareBrowser(), { ...options, bypassCSP: true })
      const check = async (name: string): Promise<void> => {
        await page.evaluate(`{ ${axe} }`)
        t.strictSame(await page.evaluate("axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))"), [], name)
        t.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${name} fits the width`)
        await picture(`console-${look}-${name}`)
      }
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(`${localOkta.orgUrl}${path}`)
        await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
        await check(name)
      }
      await page.goto(`${localOkta.orgUrl}/console/tokens`)
      await page.getByRole('button', { name: 'Get token' }).click()
      await page.locator('#access-token').waitFor()
      await check('token')
      await page.getByLabel('API').fill('ftp://127.0.0.1/')
      await page.getByRole('button', { name: 'Get token' }).click()
      await page.getByRole('alert').waitFor()
      await check('refused')
    })
  }
})
