import t from 'tap'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'

t.test('the console has the words of Okta\'s Admin Console for what the API calls otherwise', async (t) => {
  const localOkta = await start(t)
  const read = async (path: string): Promise<string> => (await fetch(`${localOkta.orgUrl}/console/${path}`)).text()
  const words = {
    STAGED: 'Staged',
    PROVISIONED: 'Pending user action',
    ACTIVE: 'Active',
    RECOVERY: 'Password reset',
    PASSWORD_EXPIRED: 'Password expired',
    LOCKED_OUT: 'Locked out',
    SUSPENDED: 'Suspended',
    DEPROVISIONED: 'Deactivated'
  } as const
  for (const [status, word] of Object.entries(words)) {
    localOkta.users.setStatus(ADA, status as keyof typeof words)
    t.match(await read('people?q=ada'), new RegExp(`<span class="status[^"]*">${word}</span>`), status)
    t.match(await read('people/00uadalovelace000001'), new RegExp(`<span class="status[^"]*">${word}</span>`), status)
  }
  await callsTo(localOkta)('POST', `apps/${localOkta.clients.browser.clientId}/lifecycle/deactivate`)
  t.match(await read('applications'), /<span class="status bad">Inactive<\/span>/)
  for (const page of ['people', 'applications', 'authorization-servers', 'event-hooks', 'faults']) t.notMatch(await read(page), /<span class="status[^"]*">[A-Z_]{3,}</, page)
})
