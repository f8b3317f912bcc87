import { isObject, readMember } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { Users } from '../../users/store.js'
import { lifecycle } from '../definitions.js'
import { Records } from '../store.js'
import type { StoredRecord } from '../store.js'
import type { Family } from './family.js'

/** What Okta adds to the policy of one that does not say otherwise. */
const POLICY = {
  provisioning: { action: 'AUTO', profileMaster: false, groups: { action: 'NONE' }, conditions: { deprovisioned: { action: 'NONE' }, suspended: { action: 'NONE' } } },
  accountLink: { action: 'AUTO', filter: null },
  maxClockSkew: 0
}

/** The endpoints of the known providers are Okta's to fill in. */
const ENDPOINTS = {
  authorization: { binding: 'HTTP-REDIRECT' },
  token: { binding: 'HTTP-POST' }
}

/** Identity providers, and which users came from them. Nobody is sent to one here. */
export const identityProviders: Family = {
  collections: [
    {
      path: '/idps',
      prefix: '0oa',
      type: 'IdpTrust',
      events: lifecycle('system.idp.lifecycle'),
      unique: 'name',
      defaults: { issuerMode: 'DYNAMIC' },
      make: complete,
      below: ['users', 'keys'],
      view: withSignInLinks
    },
    {
      path: '/idps/{idpId}/users',
      prefix: '00u',
      type: 'IdpUser',
      events: lifecycle('user.account.idp'),
      of: '/users',
      createsAtItem: 'POST',
      view: toIdpUser
    }
  ],
  fixed: [
    { path: '/idps/{idpId}/users/{userId}/credentials/tokens', answer: () => [] },
    { path: '/users/{id}/idps', answer: (kernel, { params }) => idpsOf(kernel, params['id'] ?? '') }
  ]
}

function complete (body: Json): Json {
  const protocol = readMember(body, 'protocol')
  const isOAuth = protocol['type'] === 'OIDC' || protocol['type'] === 'OAUTH2'
  return {
    ...body,
    ...(isOAuth ? { protocol: { ...protocol, endpoints: { ...ENDPOINTS, ...readMember(protocol, 'endpoints') } } } : {}),
    policy: { ...POLICY, ...readMember(body, 'policy') }
  }
}

function withSignInLinks ({ orgUrl }: Kernel, { key, body }: StoredRecord, shown: Json): Json {
  const { type } = readMember(body, 'protocol')
  const links = type === 'SAML2'
    ? {
        metadata: { href: `${orgUrl}/api/v1/idps/${key}/metadata.xml`, type: 'application/xml', hints: { allow: ['GET'] } },
        acs: { href: `${orgUrl}/sso/saml2/${key}`, type: 'application/xml', hints: { allow: ['POST'] } }
      }
    : {
        authorize: {
          href: `${orgUrl}/oauth2/v1/authorize?idp=${key}&client_id={clientId}&response_type={responseType}&response_mode={responseMode}&scope={scopes}&redirect_uri={redirectUri}&state={state}&nonce={nonce}`,
          templated: true,
          hints: { allow: ['GET'] }
        },
        clientRedirectUri: { href: `${orgUrl}/oauth2/v1/authorize/callback`, hints: { allow: ['POST'] } }
      }
  const known = shown['_links']
  return { ...shown, _links: { ...(isObject(known) ? known : {}), ...links } }
}

function toIdpUser (kernel: Kernel, { collection, key, body, created, lastUpdated }: StoredRecord): Json {
  const { firstName, lastName, email } = kernel.store(Users).findById(key)?.profile ?? {}
  const href = `${kernel.orgUrl}/api/v1`
  return {
    id: key,
    ...body,
    created,
    lastUpdated,
    profile: { firstName, lastName, email },
    _links: { self: { href: `${href}${collection}/${key}` }, idp: { href: `${href}${collection.replace(/\/users$/, '')}` }, user: { href: `${href}/users/${key}` } }
  }
}

function idpsOf (kernel: Kernel, idOrLogin: string): Json[] {
  const userId = kernel.store(Users).find(idOrLogin)?.id ?? ''
  const records = kernel.store(Records)
  return records.in('/idps').filter(({ key }) => records.find(`/idps/${key}/users`, userId) !== undefined)
    .map((record) => withSignInLinks(kernel, record, { id: record.key, status: record.status, created: record.created, lastUpdated: record.lastUpdated, ...record.body, _links: { self: { href: `${kernel.orgUrl}/api/v1/idps/${record.key}` } } }))
}
