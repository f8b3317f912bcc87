import { request } from 'node:http'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import { share, start } from './start.js'

const ORIGIN = 'http://127.0.0.1:3000'

t.test('a page of a registered origin can read every answer, errors and unknown paths included', async (t) => {
  const localOkta = await share()
  const { orgUrl, issuer } = localOkta
  const paths = [
    '/api/v1/sessions/me', '/api/v1/authn', '/api/v1/users/me', '/oauth2/v1/token', '/oauth2/v1/authorize', '/idp/idx/introspect', '/nowhere'
  ]
  for (const url of [...paths.map((path) => `${orgUrl}${path}`), `${issuer}/v1/token`, `${issuer}/v1/interact`, `${issuer}/v1/revoke`]) {
    for (const method of ['GET', 'POST']) {
      const { headers } = await fetch(url, { method, headers: { origin: ORIGIN }, redirect: 'manual' })
      t.equal(headers.get('access-control-allow-origin'), ORIGIN, `${method} ${url}`)
      t.equal(headers.get('access-control-allow-credentials'), 'true')
      t.match(headers.get('access-control-expose-headers'), /DPoP-Nonce/)
    }
    const preflight = await fetch(url, {
      method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization, x-okta-user-agent-extended' }
    })
    t.equal(preflight.status, 204)
    t.match(preflight.headers.get('access-control-allow-methods'), /PUT/)
    t.equal(preflight.headers.get('access-control-allow-headers'), 'authorization, x-okta-user-agent-extended')
    const foreign = await fetch(url, { headers: { origin: 'http://evil.example' }, redirect: 'manual' })
    t.equal(foreign.headers.get('access-control-allow-origin'), null)
  }
})

t.test('the protocol of Identity Engine, which is not served, is answered by Okta\'s 404', async (t) => {
  const { orgUrl, issuer } = await share()
  for (const url of [`${issuer}/v1/interact`, `${orgUrl}/oauth2/v1/interact`, `${orgUrl}/idp/idx/introspect`, `${orgUrl}/idp/idx/identify`]) {
    const response = await fetch(url, { method: 'POST', headers: { origin: ORIGIN } })
    t.match([response.status, await response.json()], [404, { errorCode: 'E0000008' }], url)
    t.equal(response.headers.get('access-control-allow-origin'), ORIGIN)
  }
})

t.test('a page can read the faults that a test injects', async (t) => {
  const localOkta = await share()
  localOkta.faults.add({ path: '/oauth2/default/v1/token', status: 503, times: 1 })
  const preflight = await fetch(`${localOkta.issuer}/v1/token`, { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } })
  t.equal(preflight.status, 204, 'a preflight uses none up')
  const { status, headers } = await fetch(`${localOkta.issuer}/v1/token`, { method: 'POST', headers: { origin: ORIGIN } })
  t.match([status, headers.get('access-control-allow-origin')], [503, ORIGIN])
})

t.test('a redirect URI of a private scheme allows no page, not even one without an origin', async (t) => {
  const { issuer, orgUrl } = await start(t, {
    seed: {
      applications: [...defaultSeed.applications, {
        clientId: 'phone', label: 'Phone', applicationType: 'native', authMethod: 'none', grantTypes: ['authorization_code'], redirectUris: ['com.okta.dev-1:/callback', 'com.example.app://cb']
      }]
    }
  })
  for (const url of [`${issuer}/v1/token`, `${orgUrl}/api/v1/users/me`]) {
    for (const origin of ['null', 'com.okta.dev-1:', 'com.example.app://cb']) {
      const { headers } = await fetch(url, { method: 'POST', headers: { origin } })
      t.equal(headers.get('access-control-allow-origin'), null, origin)
    }
  }
})

/** True if a request with this Host gets past the check; fetch() does not let one be chosen. */
async function serves (orgUrl: string, path: string, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    request(`${orgUrl}${path}`, { headers: { host } }, async (response) => {
      const body = (await response.toArray()).join('')
      resolve(response.statusCode !== 403 || !body.startsWith('This host name is not served here'))
    }).on('error', reject).end()
  })
}

t.test('a Host that is not a loopback name is refused on every route, unless an option allows it', async (t) => {
  const { orgUrl } = await start(t, { allowedHosts: ['Okta.test'] })
  const paths = ['/', '/api/v1/users', '/oauth2/default/v1/keys', '/oauth2/default/v1/authorize', '/oauth2/v1/keys', '/signin/x', '/nowhere']
  for (const path of paths) {
    for (const host of ['evil.example', 'evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example', '192.168.0.1', '[::2]', 'x@127.0.0.1']) {
      t.notOk(await serves(orgUrl, path, host), `${host} ${path}`)
    }
    for (const host of ['localhost', 'LOCALHOST:4000', 'app.localhost:4000', '127.0.0.1', '127.9.8.7:1', '[::1]:4000', 'okta.test:4000']) {
      t.ok(await serves(orgUrl, path, host), `${host} ${path}`)
    }
  }
})

t.test('invalid host names are refused when the org starts', async (t) => {
  for (const name of ['okta.test:4000', 'http://okta.test', '', '*']) {
    await t.rejects(start(t, { allowedHosts: [name] }), { message: /allowedHosts must be/ }, name)
  }
})
