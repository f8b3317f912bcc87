import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'

const ADA = '00uadalovelace000001'

const POLICY = {
  accountLink: { action: 'AUTO', filter: null },
  provisioning: { action: 'AUTO', profileMaster: true, groups: { action: 'NONE' } },
  maxClockSkew: 120_000,
  subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' }
}

/** An identity provider of a type, as guides write it. */
function provider (type: string, protocol: Json = {}): Json {
  return { type, name: `Provider ${type}`, protocol: { type: 'OIDC', scopes: ['openid', 'email'], credentials: { client: { client_id: 'id', client_secret: 'secret' } }, ...protocol }, policy: POLICY }
}

const OIDC = provider('OIDC', {
  algorithms: { request: { signature: { algorithm: 'SHA-256', scope: 'REQUEST' } } },
  issuer: { url: 'https://idp.example' },
  endpoints: {
    authorization: { binding: 'HTTP-REDIRECT', url: 'https://idp.example/authorize' },
    token: { binding: 'HTTP-POST', url: 'https://idp.example/token' },
    userInfo: { binding: 'HTTP-REDIRECT', url: 'https://idp.example/userinfo' },
    jwks: { binding: 'HTTP-REDIRECT', url: 'https://idp.example/keys' }
  }
})

function saml (kid: string): Json {
  return {
    ...provider('SAML2'),
    protocol: {
      type: 'SAML2',
      endpoints: { sso: { url: 'https://idp.example', binding: 'HTTP-POST', destination: 'https://idp.example' }, acs: { binding: 'HTTP-POST', type: 'INSTANCE' } },
      algorithms: { request: { signature: { algorithm: 'SHA-256', scope: 'REQUEST' } }, response: { signature: { algorithm: 'SHA-256', scope: 'ANY' } } },
      settings: { nameFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
      credentials: { trust: { issuer: 'https://idp.example', audience: 'https://www.okta.example/123', kid } }
    }
  }
}

for (const body of [OIDC, provider('GOOGLE'), provider('MICROSOFT'), provider('LINKEDIN'), provider('APPLE'), provider('FACEBOOK', { type: 'OAUTH2' }), provider('GITHUB', { type: 'OAUTH2' })]) {
  t.test(`an identity provider ${body['type']} is created, found, changed, deactivated and deleted`, async t => {
    const { sdk: { identityProviderApi: idps } } = await shareSdk()
    const created = await idps.createIdentityProvider({ identityProvider: body })
    const idpId = created.id
    t.match(created, {
      id: /^0oa\w{17}$/, type: body['type'], status: 'ACTIVE', issuerMode: 'DYNAMIC', policy: { provisioning: { action: 'AUTO' }, subject: { matchType: 'USERNAME' } }, _links: { authorize: { href: /idp=0oa/ } }
    })
    t.equal(created.protocol.constructor.name, body['protocol'].type === 'OIDC' ? 'ProtocolOidc' : 'ProtocolOAuth')
    t.match(await idps.getIdentityProvider({ idpId }), { id: idpId, created: Date })
    t.match(await listOf(idps.listIdentityProviders({ type: body['type'] })), [{ id: idpId }])
    t.match(await listOf(idps.listIdentityProviders({ q: body['name'] })), [{ id: idpId }])
    t.match(await idps.replaceIdentityProvider({ idpId, identityProvider: { ...created, name: 'Renamed' } }), { id: idpId, name: 'Renamed' })
    t.match(await idps.deactivateIdentityProvider({ idpId }), { status: 'INACTIVE' })
    t.match(await idps.activateIdentityProvider({ idpId }), { status: 'ACTIVE' })
    await idps.deleteIdentityProvider({ idpId })
    await isGone(t, idps.getIdentityProvider({ idpId }))
  })
}

t.test('a SAML identity provider trusts a certificate, which stays as long as it does', async t => {
  const { sdk: { identityProviderApi: idps } } = await shareSdk()
  const { id: idpId } = await idps.createIdentityProvider({ identityProvider: OIDC })
  const { x5c } = await idps.generateIdentityProviderSigningKey({ idpId, validityYears: 2 })
  const key = await idps.createIdentityProviderKey({ jsonWebKey: { x5c } })
  t.match(key, { kty: 'RSA', kid: String, x5c, expiresAt: Date })
  const created = await idps.createIdentityProvider({ identityProvider: saml(key.kid) })
  t.ok(created.protocol instanceof okta.ProtocolSaml)
  t.match(created._links, { acs: { href: /\/sso\/saml2\// }, metadata: { href: /metadata\.xml$/ } })
  await refused(t, idps.deleteIdentityProviderKey({ keyId: key.kid }), 400, 'E0000001')
  t.ok((await listOf(idps.listIdentityProviderKeys())).some(({ kid }) => kid === key.kid))
  for (const id of [created.id, idpId]) await idps.deleteIdentityProvider({ idpId: id })
  await idps.deleteIdentityProviderKey({ keyId: key.kid })
  await isGone(t, idps.getIdentityProviderKey({ keyId: key.kid }))
})

t.test('an identity provider has signing keys and certificate requests of its own', async t => {
  const { sdk: { identityProviderApi: idps } } = await shareSdk()
  const [{ id: idpId }, { id: targetIdpId }] = [await idps.createIdentityProvider({ identityProvider: OIDC }), await idps.createIdentityProvider({ identityProvider: { ...OIDC, name: 'Other' } })]
  const key = await idps.generateIdentityProviderSigningKey({ idpId, validityYears: 2 })
  t.match(await listOf(idps.listIdentityProviderSigningKeys({ idpId })), [{ kid: key.kid }])
  t.match(await listOf(idps.listActiveIdentityProviderSigningKey({ idpId })), [{ kid: key.kid }])
  t.match(await idps.getIdentityProviderSigningKey({ idpId, keyId: key.kid }), { kid: key.kid, expiresAt: Date })
  t.match(await idps.cloneIdentityProviderKey({ idpId, keyId: key.kid, targetIdpId }), { kid: key.kid })
  await refused(t, idps.cloneIdentityProviderKey({ idpId, keyId: key.kid, targetIdpId }), 400, 'E0000001')
  const csr = await idps.generateCsrForIdentityProvider({ idpId, metadata: { subject: { countryName: 'US', organizationName: 'Okta, Inc.', commonName: 'SP Issuer' }, subjectAltNames: { dnsNames: ['dev.okta.example'] } } })
  t.match(csr, { id: String, csr: String, kty: 'RSA' })
  t.match(await listOf(idps.listCsrsForIdentityProvider({ idpId })), [{ id: csr.id }])
  await idps.revokeCsrForIdentityProvider({ idpId, csrId: csr.id })
  await isGone(t, idps.getCsrForIdentityProvider({ idpId, csrId: csr.id }))
  for (const id of [idpId, targetIdpId]) await idps.deleteIdentityProvider({ idpId: id })
})

t.test('a user is linked to an identity provider, and unlinked', async t => {
  const { sdk: { identityProviderApi: idps, userApi } } = await shareSdk()
  const { id: idpId } = await idps.createIdentityProvider({ identityProvider: provider('GOOGLE') })
  const ids = { idpId, userId: ADA }
  t.match(await idps.linkUserToIdentityProvider({ ...ids, userIdentityProviderLinkRequest: { externalId: '121749775026145' } }), { id: ADA, externalId: '121749775026145', profile: { lastName: 'Lovelace' } })
  t.match(await listOf(idps.listIdentityProviderApplicationUsers({ idpId })), [{ id: ADA }])
  t.match(await listOf(userApi.listUserIdentityProviders({ userId: ADA })), [{ id: idpId }])
  t.strictSame(await listOf(idps.listSocialAuthTokens(ids)), [])
  await idps.unlinkUserFromIdentityProvider(ids)
  await isGone(t, idps.getIdentityProviderApplicationUser(ids))
  await idps.deleteIdentityProvider({ idpId })
})

t.test('an identity provider is refused without a type that Okta has, and under a name that is taken', async t => {
  const { sdk: { identityProviderApi: idps } } = await shareSdk()
  const { id: idpId } = await idps.createIdentityProvider({ identityProvider: OIDC })
  for (const body of [OIDC, { ...OIDC, name: 'No such type', type: 'NONSENSE' }]) await refused(t, idps.createIdentityProvider({ identityProvider: body }), 400, 'E0000001')
  await isGone(t, idps.getIdentityProvider({ idpId: '0oa0' }))
  await idps.deleteIdentityProvider({ idpId })
})
