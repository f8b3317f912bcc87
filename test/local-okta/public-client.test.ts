import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient } from './app-client.js'
import { share } from './start.js'

interface Answer { status: number, type: string | null, text: string }

async function post (url: string, form: Record<string, string>, authorization?: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST', headers: authorization === undefined ? {} : { authorization }, body: new URLSearchParams(form)
  })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

/** The ways in which a public client says who it is. */
function introductions ({ clients }: LocalOkta): Record<string, [Record<string, string>, string?]> {
  const { clientId } = clients.native
  return {
    'in the body': [{ client_id: clientId }],
    'by Basic without a colon, as okta-auth-js does': [{}, `Basic ${btoa(clientId)}`],
    'by Basic with an empty secret': [{}, `Basic ${btoa(`${clientId}:`)}`],
    'by Basic and in the body': [{ client_id: clientId }, `Basic ${btoa(clientId)}`]
  }
}

t.test('a public client may name itself at every endpoint in any of the ways that Okta accepts', async (t) => {
  const localOkta = await share()
  const { issuer } = localOkta
  const requests: Record<string, [string, Record<string, string>]> = {
    revocation: ['revoke', { token: 'x', token_type_hint: 'refresh_token' }],
    introspection: ['introspect', { token: 'x' }],
    'the device endpoint': ['device/authorize', { scope: 'openid' }],
    'the token endpoint': ['token', { grant_type: 'password', username: 'ada@example.com', password: 'local-okta-1', scope: 'openid' }]
  }
  for (const [endpoint, [path, form]] of Object.entries(requests)) {
    for (const [way, [identity, authorization]] of Object.entries(introductions(localOkta))) {
      t.equal((await post(`${issuer}/v1/${path}`, { ...form, ...identity }, authorization)).status, 200, `${endpoint}, ${way}`)
    }
  }
})

t.test('a client does not pass as another, and a confidential one not without its secret', async (t) => {
  const { issuer, clients } = await share()
  const { browser, native, service } = clients
  const refused: Record<string, [Record<string, string>, string]> = {
    'two different ids': [{ client_id: native.clientId }, `Basic ${btoa(browser.clientId)}`],
    'a public client with a secret': [{}, `Basic ${btoa(`${browser.clientId}:secret`)}`],
    'a confidential client without its secret': [{}, `Basic ${btoa(service.clientId)}`],
    'a confidential client with an empty secret': [{}, `Basic ${btoa(`${service.clientId}:`)}`]
  }
  for (const path of ['token', 'revoke', 'introspect', 'device/authorize']) {
    for (const [title, [form, authorization]] of Object.entries(refused)) {
      const { status, text } = await post(`${issuer}/v1/${path}`, { token: 'x', grant_type: 'client_credentials', scope: 'greet', ...form }, authorization)
      t.match([status, JSON.parse(text)], [401, { error: 'invalid_client' }], `${title}, at ${path}`)
    }
  }
})

t.test('revocation answers with an empty body and no content type, which clients would parse', async (t) => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  const { access_token: token } = await app.exchange(await app.signIn('ada@example.com'))
  for (const value of [token, 'unknown']) {
    const form = { token: value, client_id: localOkta.clients.browser.clientId }
    t.strictSame(await post(`${localOkta.issuer}/v1/revoke`, form), { status: 200, type: null, text: '' })
  }
})

t.test('a body that is not a form is refused in the words of OAuth', async (t) => {
  const { issuer } = await share()
  for (const path of ['token', 'revoke', 'introspect', 'device/authorize']) {
    const response = await fetch(`${issuer}/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    t.match([response.status, await response.json()], [400, { error: 'invalid_request', error_description: /Content-Type/ }], path)
  }
})
