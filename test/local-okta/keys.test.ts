import OktaJwtVerifier from '@okta/jwt-verifier'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient } from './app-client.js'
import { start } from './start.js'

function verifierOf (t: Tap, { issuer }: LocalOkta): OktaJwtVerifier {
  // it warns on every construction that https is off
  t.capture(console, 'warn')
  return new OktaJwtVerifier({ issuer, testing: { disableHttpsCheck: true } })
}

type Tap = Pick<typeof t, 'capture'>

t.test('Okta\'s own verifier accepts a minted access token', async t => {
  const localOkta = await start(t)
  const { claims } = await verifierOf(t, localOkta).verifyAccessToken(await localOkta.mintAccessToken(), 'api://default')
  t.match(claims, { uid: '00uadalovelace000001', sub: 'ada@example.com', scp: ['openid', 'profile', 'email'] })
  t.match((await verifierOf(t, localOkta).verifyIdToken(await localOkta.mintIdToken({ claims: { nonce: 'n' } }),
    localOkta.clients.browser.clientId, 'n')).claims, { sub: '00uadalovelace000001' })
})

t.test('Okta\'s own verifier refuses tokens minted to be refused', async t => {
  const localOkta = await start(t)
  const tokens: Record<string, [Promise<string>, RegExp]> = {
    expired: [localOkta.mintAccessToken({ expiresInSeconds: -1 }), /Jwt is expired/],
    'of another issuer': [localOkta.mintAccessToken({ claims: { iss: 'https://other.example' } }), /issuer/],
    'for another audience': [localOkta.mintAccessToken({ claims: { aud: 'api://other' } }), /audience/],
    'without a kid': [localOkta.mintAccessToken({ header: { kid: undefined } }), /signing key/],
    'of another algorithm': [localOkta.mintAccessToken({ header: { alg: 'RS512' } }), /algorithm|signing key/],
    'of the org server': [localOkta.mintOrgAccessToken(), /signing key/]
  }
  for (const [title, [token, message]] of Object.entries(tokens)) {
    t.test(title, async t => {
      await t.rejects(verifierOf(t, localOkta).verifyAccessToken(await token, 'api://default'), { message })
    })
  }
})

t.test('a service client\'s token has no user; an undefined claim is left out', async t => {
  const localOkta = await start(t)
  const claims = decodeJwt(await localOkta.mintAccessToken({ client: 'service', claims: { jti: undefined, extra: 1 } }))
  t.strictSame(Object.keys(claims).sort(), ['aud', 'cid', 'exp', 'extra', 'iat', 'iss', 'scp', 'sub', 'ver'])
  t.equal(claims.sub, claims['cid'])
})

t.test('an org access token names itself as Okta\'s do', async t => {
  const localOkta = await start(t)
  const token = await localOkta.mintOrgAccessToken()
  t.match(decodeProtectedHeader(token), { typ: 'application/okta-internal-at+jwt' })
  t.match(decodeJwt(token), { iss: localOkta.orgUrl, aud: localOkta.orgUrl })
})

t.test('minted tokens introspect as active, for suspended users as inactive, and can be revoked', async t => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const token = await localOkta.mintAccessToken({ user: 'grace@example.com' })
  t.match(await app.introspect(token), { active: true, sub: 'grace@example.com' })
  localOkta.users.setStatus('grace@example.com', 'SUSPENDED')
  t.strictSame(await app.introspect(token), { active: false })
  t.match(await localOkta.mintAccessToken({ user: 'grace@example.com' }), /^ey/, 'minting skips the rules')
  localOkta.users.setStatus('grace@example.com', 'ACTIVE')
  await app.revoke(token)
  t.strictSame(await app.introspect(token), { active: false })
  for (const garbage of ['garbage', 'a.b.c', await localOkta.mintOrgAccessToken()]) {
    t.strictSame(await app.introspect(garbage), { active: false })
  }
})

t.test('keys rotate: the next one is published first, the old one stays until it is retired', async t => {
  const localOkta = await start(t)
  const [first, second] = localOkta.keys
  t.match([first?.status, second?.status], ['ACTIVE', 'NEXT'])
  t.notOk(JSON.stringify(localOkta.keys).includes('"d":'), 'public halves only')
  const app = await AppClient.discover(localOkta)
  const before = await localOkta.mintAccessToken()

  t.equal(await localOkta.rotateKeys(), second?.kid)
  const tokens = await app.exchange(await app.signIn('ada@example.com'))
  t.equal(decodeProtectedHeader(tokens.access_token).kid, second?.kid)
  t.equal(decodeProtectedHeader(tokens.id_token ?? '').kid, second?.kid)
  const published = async (): Promise<string[]> => {
    const { keys } = await (await fetch(`${localOkta.issuer}/v1/keys`)).json() as { keys: Array<{ kid: string }> }
    return keys.map(({ kid }) => kid)
  }
  t.equal((await published()).length, 3)
  await verifierOf(t, localOkta).verifyAccessToken(before, 'api://default')

  await localOkta.retireKey(first?.kid ?? '')
  t.notOk((await published()).includes(first?.kid ?? ''))
  await t.rejects(verifierOf(t, localOkta).verifyAccessToken(before, 'api://default'), { message: /signing key/ })
  t.equal(decodeProtectedHeader(await localOkta.mintAccessToken({ kid: first?.kid ?? '' })).kid, first?.kid, 'tests may still sign with it')
  await t.rejects(localOkta.retireKey(second?.kid ?? ''), TypeError)
})

t.test('the keys document may be kept for a while and names RS256 keys only', async t => {
  const localOkta = await start(t)
  const response = await fetch(`${localOkta.issuer}/v1/keys`)
  t.match(response.headers.get('cache-control'), /max-age=\d+/)
  for (const key of (await response.json() as { keys: unknown[] }).keys) {
    t.strictSame(Object.keys(key as object).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
  }
})
