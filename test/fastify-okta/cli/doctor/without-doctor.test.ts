import t, { type Test } from 'tap'
import { eventually } from '../../../kit/eventually.js'
import { runServer } from '../../../greeting/service.js'
import { Browser } from '../../../local-okta/browser.js'
import { MISCONFIGURATIONS, type WithoutDoctor } from './misconfigurations.js'
import { startReadyOrg } from './org.js'

// Each is a service that starts, and on a busy machine each takes its time.
t.setTimeout(600_000)

const ready = await startReadyOrg(t)
const visible = Object.entries(MISCONFIGURATIONS).flatMap(([title, { change, settings, withoutDoctor }]) =>
  withoutDoctor === undefined ? [] : [{ title, change, settings, ...withoutDoctor }])

t.test('at least 22 of the mistakes can be seen without doctor', async (t) => {
  t.ok(visible.length >= 22, `${visible.length} of ${Object.keys(MISCONFIGURATIONS).length}`)
})

for (const { title, change, settings, by, after } of visible) {
  t.test(`${title}: the ${after === 'none' ? 'message with which the service does not start' : 'log'} names it`, async (t) => {
    await ready.restore()
    await change?.(ready)
    const given = { ...ready.settings, ...settings?.(ready) }
    const server = runServer(t, { ...given, GREETING_TIME_ZONE: 'UTC' })
    if (after === 'none') {
      t.equal(await server.exited, 1)
      t.match(server.errors(), by)
      return
    }
    await server.printed('these settings are in force')
    await use(t, after, given['OKTA_OAUTH2_CLIENTID'] ?? '')
    await eventually(() => by.test(server.output()), `the log names that ${title}`)
  })
}

/** Does what brings the mistake to light. */
async function use (t: Test, after: WithoutDoctor['after'], clientId: string): Promise<void> {
  if (after === 'sign-in') {
    await reportSignIn(t, clientId)
    return
  }
  if (after === 'change') {
    ready.org.groups.removeUser('Fastify Okta', 'ada@example.com')
    return
  }
  const authorization = `Bearer ${await ready.org.mintAccessToken({ user: 'ada@example.com' })}`
  const response = await fetch(`${ready.publicUrl}${after === 'patch' ? '/me' : '/greet'}`, after === 'patch'
    ? { method: 'PATCH', headers: { authorization, 'content-type': 'application/json' }, body: '{"nickName":"Countess"}' }
    : { headers: { authorization } })
  await response.body?.cancel()
}

/** Signs Ada in as the page does, and reports what Okta answers as the page's script does. */
async function reportSignIn (t: Test, clientId: string): Promise<void> {
  const url = new URL(`${ready.org.issuer}/v1/authorize`)
  const parameters = { client_id: clientId, redirect_uri: `${ready.publicUrl}/callback`, response_type: 'code', scope: 'openid profile email', state: 'state', nonce: 'nonce', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const browser = new Browser(ready.org.orgUrl)
  const page = await browser.visit(url.href)
  const end = page.html === '' ? page : await browser.submit(page, { username: 'ada@example.com', password: 'local-okta-1' })
  const code = new URL(end.url).searchParams.get('error')
  t.equal(code, 'access_denied')
  await fetch(`${ready.publicUrl}/sign-in-failures`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ failure: 'sign-in-refused', code }) })
}
