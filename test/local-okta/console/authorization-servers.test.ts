import { decodeJwt } from 'jose'
import t from 'tap'
import { openWindow, shareBrowser, skip } from '../../browser/chromium.js'
import { alertIn, post, read } from './forms.js'
import { start } from '../start.js'

t.setTimeout(120_000)

t.test('by clicks only, a server gets a scope, a claim, a policy and a rule, and issues tokens by them', { skip }, async (t) => {
  const localOkta = await start(t)
  const { clientId, clientSecret } = localOkta.clients.service
  const { page, follow, press, sees } = await openWindow(t, await shareBrowser())
  const says = async (message: string): Promise<void> => { await page.getByRole('status').filter({ hasText: message }).waitFor() }
  await page.goto(localOkta.orgUrl)
  await follow('Authorization Servers')
  await page.getByText('Add Authorization Server').click()
  await page.getByLabel('Name', { exact: true }).fill('Orders')
  await page.getByLabel('Audience').fill('api://orders')
  await press('Save')
  await sees('Orders')
  const issuer = await page.locator('dd code').first().innerText()
  const requestToken = async (): Promise<Response> => fetch(`${issuer}/v1/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read', client_id: clientId, client_secret: clientSecret })
  })
  t.match(await (await requestToken()).json(), { error: 'invalid_scope' })

  await page.getByText('Add Scope').click()
  await page.getByLabel('Scope name').fill('orders:read')
  await press('Create scope')
  await says('The scope is added.')
  await page.getByText('Add Claim').click()
  await page.getByLabel('Claim name').fill('tier')
  await page.getByLabel('Value', { exact: true }).fill('"gold"')
  await press('Create claim')
  await says('The claim is added.')
  t.match(await (await requestToken()).json(), { error: 'access_denied' }, 'there is no policy yet')

  await page.getByText('Add Policy').click()
  await page.getByLabel('Policy name').fill('Jobs')
  await page.getByLabel('Assign to').selectOption('Nightly job')
  await press('Create policy')
  await sees('Jobs')
  t.match(await (await requestToken()).json(), { error: 'access_denied' }, 'nor a rule')
  await page.getByText('Add Rule').click()
  await page.getByLabel('Rule name').fill('Client credentials')
  await page.getByRole('checkbox', { name: 'authorization_code' }).uncheck()
  await page.getByRole('checkbox', { name: 'client_credentials' }).check()
  await page.getByRole('checkbox', { name: 'orders:read' }).check()
  await page.getByLabel('Access token lifetime in minutes').fill('5')
  await press('Create rule')
  await says('The rule is added.')

  const { access_token: accessToken, expires_in: expiresIn } = await (await requestToken()).json() as { access_token: string, expires_in: number }
  t.equal(expiresIn, 300)
  t.match(decodeJwt(accessToken), { iss: issuer, aud: 'api://orders', cid: clientId, scp: ['orders:read'], tier: 'gold' })

  await press('Deactivate Client credentials')
  await says('The status is changed.')
  t.equal((await requestToken()).status, 401)
  await press('Delete Client credentials')
  await says('The rule is deleted.')
  await press('Delete')
  await sees('Orders')
  await press('Delete tier')
  await press('Delete orders:read')
  await says('The scope is deleted.')
  await press('Deactivate')
  await says('The status is changed.')
  t.equal((await requestToken()).status, 404)
  await press('Delete')
  await sees('Authorization Servers')
  t.notOk(await page.getByRole('link', { name: 'Orders' }).isVisible())
})

t.test('a form that describes no server, scope, claim, policy or rule is shown again with the reason', async (t) => {
  const localOkta = await start(t)
  const server = '/console/authorization-servers/default'
  const refused: ReadonlyArray<readonly [path: string, fields: Record<string, string>, reason: RegExp]> = [
    ['/console/authorization-servers', { name: 'Orders' }, /audience/i],
    ['/console/authorization-servers', { name: 'default', audience: 'api://x' }, /already exists/],
    [`${server}/scopes`, { scopeName: 'with space' }, /cannot have spaces/],
    [`${server}/scopes`, { scopeName: 'greet' }, /already exists/],
    [`${server}/claims`, { claimName: 'x', claimType: 'OTHER', claimKind: 'EXPRESSION', claimValue: '1' }, /^Include in token type: must be one of/],
    [`${server}/claims`, { claimName: 'x', claimType: 'RESOURCE', claimKind: 'OTHER', claimValue: '1' }, /^Value type: must be one of/],
    [`${server}/claims`, { claimName: 'x', claimType: 'RESOURCE', claimKind: 'REGEX', claimValue: '(' }, /^Value: must be a regular expression/],
    [`${server}/policies`, { policyName: '' }, /^Policy name: The field cannot be left blank/]
  ]
  for (const [path, fields, reason] of refused) {
    const { status, html } = await post(localOkta, path, fields)
    t.equal(status, 400, path)
    t.match(alertIn(html), reason)
  }
  const { html } = await post(localOkta, `${server}/delete`, {})
  t.match(alertIn(html), /permission/, 'every org has the default server')
  for (const path of ['/console/authorization-servers/none', '/console/access-policies/none']) t.equal((await read(localOkta, path)).status, 404)
})
