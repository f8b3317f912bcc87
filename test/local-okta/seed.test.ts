import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import type { SeedApplication } from 'local-okta'
import { AppClient } from './app-client.js'
import { start } from './start.js'

const APP = {
  clientId: '0oaweb00000000000001', label: 'Web', applicationType: 'web', authMethod: 'private_key_jwt', grantTypes: ['authorization_code'], redirectUris: ['http://127.0.0.1:3000/callback']
} as const satisfies Omit<SeedApplication, 'grantTypes' | 'redirectUris'> & { grantTypes: readonly string[], redirectUris: readonly string[] }

function seedWith (changes: Partial<SeedApplication>): { applications: SeedApplication[] } {
  return { applications: [...defaultSeed.applications, { ...APP, grantTypes: [...APP.grantTypes], redirectUris: [...APP.redirectUris], assignedGroups: ['Everyone'], ...changes }] }
}

t.test('an app of the seed signs people in and proves itself with its own key', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const localOkta = await start(t, { seed: seedWith({ jwks: { keys: [{ ...await exportJWK(publicKey), kid: 'k1' }] } }) })
  const app = await AppClient.discover(localOkta)
  const callback = await app.signIn('ada@example.com', undefined, { client_id: APP.clientId })
  const tokenEndpoint = app.server.token_endpoint ?? ''
  const assertion = await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(APP.clientId).setSubject(APP.clientId).setAudience(tokenEndpoint).setExpirationTime('1m').sign(privateKey)
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: new URL(callback.url).searchParams.get('code') ?? '',
      redirect_uri: APP.redirectUris[0],
      code_verifier: app.verifier,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion
    })
  })
  t.match([response.status, await response.json()], [200, { access_token: String, id_token: String }])
})

t.test('an app that could not do what it is configured for stops the start, by its label', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const [publicJwk, privateJwk] = [await exportJWK(publicKey), await exportJWK(privateKey)]
  const seeds: Record<string, [Partial<SeedApplication>, RegExp]> = {
    'private_key_jwt without keys': [{}, /Web: private_key_jwt requires jwks/],
    'private_key_jwt with no key': [{ jwks: { keys: [] } }, /jwks\.keys must be/],
    'a private key': [{ jwks: { keys: [privateJwk] } }, /jwks\.keys must be/],
    'a key that is not one': [{ jwks: { keys: [{ kty: 'RSA' }] } }, /jwks\.keys must be/],
    'client_secret_basic without a secret': [{ authMethod: 'client_secret_basic' }, /client_secret_basic requires clientSecret/],
    'client_secret_post with an empty secret': [{ authMethod: 'client_secret_post', clientSecret: '' }, /clientSecret must be a non-empty string/],
    'an unknown method': [{ authMethod: 'tls_client_auth' as never }, /authMethod must be one of none, /],
    'a code flow without a redirect URI': [{ authMethod: 'none', redirectUris: [] }, /authorization_code requires redirectUris/],
    'a redirect URI with a fragment': [{ authMethod: 'none', redirectUris: ['http://127.0.0.1:3000/#/cb'] }, /without a fragment/],
    'a redirect URI that runs': [{ authMethod: 'none', redirectUris: ['javascript:alert(1)'] }, /redirectUris must be/]
  }
  for (const [title, [changes, message]] of Object.entries(seeds)) {
    await t.rejects(start(t, { seed: seedWith(changes) }), { message }, title)
  }
  const rejection = await start(t, { seed: seedWith({ jwks: { keys: [privateJwk] } }) }).catch(String)
  t.notMatch(rejection, new RegExp(String(privateJwk.d)), 'no word of a key')
  await t.resolves(start(t, { seed: seedWith({ jwks: { keys: [publicJwk] } }) }))
})

t.test('every app with a redirect URI that is accepted can start a sign-in', async (t) => {
  const redirectUris = ['http://192.168.0.7:8080/cb', 'https://app.example/cb', 'http://localhost/cb', 'com.example.app://cb', 'com.okta.dev-1:/callback']
  for (const applicationType of ['browser', 'web', 'native'] as const) {
    for (const redirectUri of redirectUris) {
      const localOkta = await start(t, { seed: seedWith({ applicationType, authMethod: 'none', redirectUris: [redirectUri] }) })
      const page = await (await AppClient.discover(localOkta)).authorize({ client_id: APP.clientId, redirect_uri: redirectUri })
      t.match(page.html, /Sign in/, `${applicationType} ${redirectUri}`)
    }
  }
})
