import t from 'tap'
import { defaultSeed } from 'local-okta'
import type { LocalOkta } from 'local-okta'
import { AppClient } from '../app-client.js'
import { Browser } from '../browser.js'
import type { Visited } from '../browser.js'
import { share, start } from '../start.js'

const ADA = 'ada@example.com'
const HOME = 'http://127.0.0.1:3000/'

async function signIn (localOkta: LocalOkta, login = ADA): Promise<{ app: AppClient, idToken: string }> {
  const app = await AppClient.discover(localOkta)
  return { app, idToken: (await app.exchange(await app.signIn(login))).id_token ?? '' }
}

async function signOut (app: AppClient, parameters: Record<string, string>): Promise<Visited> {
  return app.browser.visit(`${app.server.end_session_endpoint ?? ''}?${String(new URLSearchParams(parameters))}`)
}

async function isSignedIn (app: AppClient): Promise<boolean> {
  return (await app.authorize({ prompt: 'none' })).url.includes('code=')
}

t.test('an ID token that has expired still signs out', async (t) => {
  const localOkta = await start(t)
  const { app, idToken } = await signIn(localOkta)
  localOkta.clock.advance(3_601_000)
  t.equal((await signOut(app, { id_token_hint: idToken, post_logout_redirect_uri: HOME })).url, HOME)
  t.notOk(await isSignedIn(app))
})

t.test('an ID token of another user leaves the session, and returns to the app', async (t) => {
  const localOkta = await share()
  const { app } = await signIn(localOkta)
  const { idToken } = await signIn(localOkta, 'grace@example.com')
  t.equal((await signOut(app, { id_token_hint: idToken, post_logout_redirect_uri: HOME, state: 's' })).url, `${HOME}?state=s`)
  t.ok(await isSignedIn(app))
})

t.test('the app of the ID token decides where the browser may be sent', async (t) => {
  const localOkta = await start(t, {
    seed: {
      applications: [...defaultSeed.applications, {
        clientId: '0oaother000000000001',
        label: 'Other',
        applicationType: 'browser',
        authMethod: 'none',
        grantTypes: ['authorization_code'],
        redirectUris: ['http://127.0.0.1:3000/callback'],
        postLogoutRedirectUris: ['http://127.0.0.1:3000/other?x=1'],
        assignedGroups: ['Everyone']
      }]
    }
  })
  const { app, idToken } = await signIn(localOkta)
  const refused = await signOut(app, { id_token_hint: idToken, post_logout_redirect_uri: 'http://127.0.0.1:3000/other?x=1' })
  t.match([refused.status, refused.html], [400, /must be a Logout redirect URI in the client app settings/], 'registered by another app')
  t.ok(await isSignedIn(app), 'and nobody is signed out')
  t.equal((await signOut(app, { id_token_hint: idToken, post_logout_redirect_uri: 'http://127.0.0.1:3000' })).status, 400, 'without the slash')
})

t.test('without an address the browser stays at the org; a hint that is not an ID token of the server is refused', async (t) => {
  const localOkta = await share()
  const { app, idToken } = await signIn(localOkta)
  const accessToken = (await app.exchange(await app.authorize())).access_token
  const [header = '', , signature = ''] = idToken.split('.')
  const hints: Record<string, string> = {
    none: '',
    'an access token': accessToken,
    'changed claims': `${header}.${btoa(JSON.stringify({ iss: localOkta.issuer, aud: app.client.client_id, sub: '00uadalovelace000001' })).replaceAll('=', '')}.${signature}`
  }
  for (const [title, hint] of Object.entries(hints)) {
    const refused = await signOut(app, { id_token_hint: hint, post_logout_redirect_uri: HOME })
    t.match([refused.status, refused.html], [400, /The id_token_hint is invalid\./], title)
  }
  t.ok(await isSignedIn(app))
  t.match(await signOut(app, { id_token_hint: idToken }), { status: 200, url: new RegExp(`^${localOkta.orgUrl}/`) })
  t.notOk(await isSignedIn(app))
})

t.test('a form that is posted signs out as well', async (t) => {
  const localOkta = await share()
  const { app, idToken } = await signIn(localOkta)
  t.equal((await app.browser.visit(app.server.end_session_endpoint ?? '', { id_token_hint: idToken, post_logout_redirect_uri: HOME, state: 'a b&c' })).url, `${HOME}?state=a+b%26c`)
  t.notOk(await isSignedIn(app))
  t.equal((await new Browser(localOkta.orgUrl).visit(app.server.end_session_endpoint ?? '', { id_token_hint: idToken, post_logout_redirect_uri: HOME })).url, `${HOME}`, 'also without a session')
})
