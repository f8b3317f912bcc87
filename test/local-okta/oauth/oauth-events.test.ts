import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

interface LogEvent {
  readonly eventType: string
  readonly outcome: { readonly result: string, readonly reason: string | null }
  readonly actor: { readonly id: string, readonly type: string }
  readonly target: ReadonlyArray<{ readonly id: string, readonly type: string }>
}

async function eventsOf (localOkta: LocalOkta, eventType: string): Promise<LogEvent[]> {
  const { body } = await callsTo(localOkta)('GET', `logs?filter=${encodeURIComponent(`eventType eq "${eventType}"`)}`)
  return body as LogEvent[]
}

t.test('a sign-in and its tokens are in the System Log, with the user and the app', async (t) => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const { access_token: accessToken } = await app.exchange(await app.signIn('ada@example.com'))
  await app.revoke(accessToken)
  await app.revoke('something else')
  t.match(await eventsOf(localOkta, 'app.oauth2.as.token.revoke'), [{ actor: { id: localOkta.clients.browser.clientId } }])
  for (const name of ['authorize.code', 'token.grant.access_token', 'token.grant.id_token', 'token.grant.refresh_token']) {
    t.match(await eventsOf(localOkta, `app.oauth2.as.${name}`), [{
      outcome: { result: 'SUCCESS' },
      actor: { id: '00uadalovelace000001', type: 'User' },
      target: [{ id: localOkta.clients.browser.clientId, type: 'AppInstance' }, { id: '00uadalovelace000001', type: 'User' }]
    }], name)
  }
})

t.test('a request that no policy allows is in the System Log', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const [policy] = (await call('GET', 'authorizationServers/default/policies')).body as Array<{ id: string }>
  await call('POST', `authorizationServers/default/policies/${policy?.id}/lifecycle/deactivate`)
  const app = await AppClient.discover(localOkta)
  await app.authorize()
  t.match(await eventsOf(localOkta, 'app.oauth2.as.authorize'), [{ outcome: { result: 'FAILURE', reason: 'no_matching_policy' } }])

  const { clientId, clientSecret } = localOkta.clients.service
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'greet', client_id: clientId, client_secret: clientSecret })
  t.equal((await fetch(`${localOkta.issuer}/v1/token`, { method: 'POST', body })).status, 401)
  t.match(await eventsOf(localOkta, 'app.oauth2.as.token.grant'), [{
    outcome: { result: 'FAILURE', reason: 'no_matching_policy' }, actor: { id: clientId, type: 'PublicClientApp' }
  }])
})

t.test('a token request that is refused is in the System Log, also of an unknown client and at the org server', async (t) => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  await refusalOf(app.refresh('x'))
  for (const issuer of [localOkta.issuer, `${localOkta.orgUrl}/oauth2`]) {
    await fetch(`${issuer}/v1/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'nobody' }) })
  }
  t.match((await eventsOf(localOkta, 'app.oauth2.as.token.grant')).map(({ outcome, actor }) => [outcome.reason, actor.id]), [
    ['invalid_grant', localOkta.clients.browser.clientId], ['invalid_client', 'nobody']
  ])
  t.match(await eventsOf(localOkta, 'app.oauth2.token.grant'), [{ outcome: { reason: 'invalid_client' } }])
})
