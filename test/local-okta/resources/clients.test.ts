import { X509Certificate } from 'node:crypto'
import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import { share, start } from '../start.js'

const REDIRECT_URI = 'https://portal.example/callback'

function oidc (label: string, { authMethod = 'client_secret_basic', ...settings }: Record<string, unknown> & { authMethod?: string } = {}): Record<string, unknown> {
  return {
    name: 'oidc_client',
    label,
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: authMethod } },
    settings: { oauthClient: { application_type: 'web', response_types: ['code'], redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code'], ...settings } }
  }
}

t.test('the SDK creates, replaces, deactivates and deletes an app', async t => {
  const { orgUrl, apiToken } = await share()
  const { applicationApi } = new okta.Client({ orgUrl, token: apiToken })
  const application = oidc('Portal') as unknown as okta.OpenIdConnectApplication
  const created = await applicationApi.createApplication({ application }) as okta.OpenIdConnectApplication
  t.ok(created instanceof okta.OpenIdConnectApplication)
  const appId = created.id ?? ''
  t.match(created, { id: /^0oa/, status: 'ACTIVE', label: 'Portal', credentials: { oauthClient: { client_id: appId, client_secret: /^.{40,}$/ } } })
  t.match(await applicationApi.getApplication({ appId }), { label: 'Portal', settings: { oauthClient: { redirect_uris: [REDIRECT_URI] } } })

  created.label = 'Staff portal'
  const replaced = await applicationApi.replaceApplication({ appId, application: created }) as okta.OpenIdConnectApplication
  t.match(replaced, { id: appId, label: 'Staff portal' })
  t.equal(replaced.credentials?.oauthClient?.client_secret, created.credentials?.oauthClient?.client_secret, 'the secret stays')
  t.match(await refusalOf(applicationApi.deleteApplication({ appId })), { status: 403, errorCode: 'E0000056' })
  await applicationApi.deactivateApplication({ appId })
  await applicationApi.deleteApplication({ appId })
  t.match(await refusalOf(applicationApi.getApplication({ appId })), { status: 404, errorCode: 'E0000007' })
})

t.test('apps of the other sign-on modes are kept as they are written', async t => {
  const call = callsTo(await share())
  const apps = {
    AUTO_LOGIN: { visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: false } }, settings: { signOn: { loginUrl: 'https://a.example/login' } } },
    BOOKMARK: { settings: { app: { requestIntegration: false, url: 'https://a.example' } } },
    BASIC_AUTH: { settings: { app: { authURL: 'https://a.example/auth', url: 'https://a.example' } } },
    BROWSER_PLUGIN: { settings: { app: { buttonField: 'b', passwordField: 'p', usernameField: 'u', url: 'https://a.example' } } },
    SECURE_PASSWORD_STORE: { settings: { app: { url: 'https://a.example', passwordField: '#p', usernameField: '#u' } } },
    SAML_2_0: { settings: { signOn: { ssoAcsUrl: 'https://a.example/acs', audience: 'a' } }, profile: { owner: 'IT' } }
  }
  for (const [signOnMode, written] of Object.entries(apps)) {
    const { status, body } = await call('POST', 'apps?activate=false', { label: `A ${signOnMode}`, signOnMode, ...written })
    t.equal(status, 200, signOnMode)
    t.match(body, { ...written, signOnMode, status: 'INACTIVE', id: /^0oa/ })
    t.match((await call('GET', `apps/${body.id}`)).body, written)
    t.equal((await call('DELETE', `apps/${body.id}`)).status, 204)
  }
})

t.test('an app that cannot be a client is refused, and the field is named', async t => {
  const call = callsTo(await share())
  const refused: Record<string, [unknown, string]> = {
    'without a label': [{ ...oidc('') }, 'label'],
    'without a sign-on mode': [{ label: 'A' }, 'signOnMode'],
    'with an unknown sign-on mode': [{ label: 'A', signOnMode: 'TELEPATHY' }, 'signOnMode'],
    'with a redirect URI that is not absolute': [oidc('A', { redirect_uris: ['/callback'] }), 'redirect_uris'],
    'without a redirect URI': [oidc('A', { redirect_uris: [] }), 'redirect_uris'],
    'with an unknown type': [oidc('A', { application_type: 'toaster' }), 'application_type'],
    'a service app with users': [oidc('A', { application_type: 'service' }), 'grant_types'],
    'with private_key_jwt and no key': [oidc('A', { authMethod: 'private_key_jwt' }), 'jwks'],
    'with a private key': [oidc('A', { jwks: { keys: [{ kty: 'EC', d: 'a' }] } }), 'jwks'],
    'with a symmetric key': [oidc('A', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }), 'jwks'],
    'with settings that are an array': [{ label: 'A', signOnMode: 'BOOKMARK', settings: [] }, 'not well-formed']
  }
  for (const [title, [body, field]] of Object.entries(refused)) {
    const answer = await call('POST', 'apps', body)
    t.equal(answer.status, 400, title)
    t.match(answer.body.errorSummary, field, title)
  }
})

t.test('a new app gets tokens with its secret, and a deactivated one does not', async t => {
  const { orgUrl, apiToken } = await start(t)
  const call = callsTo({ orgUrl, apiToken })
  const { body: app } = await call('POST', 'apps', oidc('Job', { application_type: 'service', grant_types: ['client_credentials'], response_types: ['token'], redirect_uris: [] }))
  const token = async (secret: string): Promise<number> => {
    const response = await fetch(`${orgUrl}/oauth2/default/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${app.id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'greet' })
    })
    return response.status
  }
  const { client_secret: first } = app.credentials.oauthClient
  t.equal(await token(first), 200)

  const { body: second } = await call('POST', `apps/${app.id}/credentials/secrets`)
  t.equal(await token(second.client_secret), 200, 'the new secret')
  t.equal((await call('POST', `apps/${app.id}/credentials/secrets`)).status, 400, 'there are two at most')
  const [{ id: firstId }] = (await call('GET', `apps/${app.id}/credentials/secrets`)).body
  t.equal((await call('DELETE', `apps/${app.id}/credentials/secrets/${firstId}`)).status, 400, 'it is active')
  await call('POST', `apps/${app.id}/credentials/secrets/${firstId}/lifecycle/deactivate`)
  t.equal((await call('DELETE', `apps/${app.id}/credentials/secrets/${firstId}`)).status, 204)
  t.not(await token(first), 200)
  t.match((await call('GET', `apps/${app.id}`)).body.credentials.oauthClient, { client_secret: second.client_secret })

  await call('POST', `apps/${app.id}/lifecycle/deactivate`)
  t.not(await token(second.client_secret), 200)
})

t.test('a signing key has a certificate that it signed itself, and can be shared by two apps', async t => {
  const call = callsTo(await share())
  const { body: one } = await call('POST', 'apps', oidc('One'))
  const { body: other } = await call('POST', 'apps', oidc('Other'))
  const { status, body: key } = await call('POST', `apps/${one.id}/credentials/keys/generate?validityYears=3`)
  t.equal(status, 201)
  const certificate = new X509Certificate(Buffer.from(key.x5c[0], 'base64'))
  t.ok(certificate.verify(certificate.publicKey))
  t.equal(certificate.subject, 'CN=One')
  t.match(certificate.publicKey.export({ format: 'jwk' }), { n: key.n, e: key.e })
  t.match((await call('POST', `apps/${one.id}/credentials/keys/${key.kid}/clone?targetAid=${other.id}`)), { status: 201, body: { kid: key.kid } })
  t.equal((await call('POST', `apps/${one.id}/credentials/keys/${key.kid}/clone?targetAid=${other.id}`)).status, 400, 'it has it already')
  t.match((await call('GET', `apps/${other.id}/credentials/keys`)).body, [{ kid: other.credentials.signing.kid }, { kid: key.kid }], 'beside its own')
  for (const years of ['1', '11', 'x']) t.equal((await call('POST', `apps/${one.id}/credentials/keys/generate?validityYears=${years}`)).status, 400)
  t.equal((await call('GET', `apps/${one.id}/credentials/keys/nonsense`)).status, 404)
})

t.test('a granted scope is granted once, is used at the org server, and can be revoked', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const path = `apps/${localOkta.clients.management.clientId}/grants`
  const seeded = (await call('GET', path)).body.map(({ scopeId }: { scopeId: string }) => scopeId)
  t.strictSame(seeded, localOkta.applications.find('management')?.grantedScopes)
  const grant = { issuer: localOkta.orgUrl, scopeId: 'okta.logs.read' }
  const { status, body } = await call('POST', path, grant)
  t.equal(status, 201)
  t.equal((await call('POST', path, grant)).body.id, body.id)
  t.ok(localOkta.applications.find('management')?.grantedScopes.includes('okta.logs.read'))
  t.equal((await call('POST', path, { ...grant, issuer: 'https://else.example' })).status, 400)
  t.equal((await call('POST', path, { ...grant, scopeId: 'greet' })).status, 400)
  t.equal((await call('DELETE', `${path}/${body.id}`)).status, 204)
  t.notOk(localOkta.applications.find('management')?.grantedScopes.includes('okta.logs.read'))
  t.equal((await call('GET', `${path}/${body.id}`)).status, 404)
})
