import type { X509Certificate } from 'node:crypto'
import { invalid } from '../../kernel/errors.js'
import { isObject, readObject, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import { Records } from '../crud/store.js'
import { readYears, toKeyCredentialView } from './key-credential.js'
import type { KeyOwner } from './key-credential.js'
import { KeyCredentials, readCertificate } from './store.js'

const READ = 'okta.idps.read'
const MANAGE = 'okta.idps.manage'
const KEYS = '/idps/{idpId}/credentials/keys'
const TRUSTED_KEYS = '/idps/credentials/keys'
/** Whose the certificates are that identity providers sign with: the org's. */
const ORG: KeyOwner = { id: 'idps', label: 'Identity providers' }

const { route, list } = routesOn({ keys: KeyCredentials, records: Records })

/** The signing keys of identity providers, and the certificates that the org trusts. */
export const identityProviderKeyRoutes: Route[] = [
  list({ path: TRUSTED_KEYS, scope: READ, page: { default: 20, max: 200 }, items: ({ keys }) => keys.ofOwner(ORG.id), view: (_stores, key) => toKeyCredentialView(key) }),
  route({ method: 'POST', path: TRUSTED_KEYS, scope: MANAGE, body: readCertificates, answer: ({ keys }, { body }) => toKeyCredentialView(keys.addCertificate(ORG, body)) }),
  route({ method: 'GET', path: `${TRUSTED_KEYS}/{kid}`, scope: READ, answer: ({ keys }, request) => toKeyCredentialView(keys.get(ORG, kidOf(request))) }),
  route({
    method: 'PUT',
    path: `${TRUSTED_KEYS}/{kid}`,
    scope: MANAGE,
    body: readCertificates,
    answer: ({ keys }, request) => toKeyCredentialView(keys.replace(keys.get(ORG, kidOf(request)), request.body))
  }),
  route({
    method: 'DELETE',
    path: `${TRUSTED_KEYS}/{kid}`,
    scope: MANAGE,
    status: 204,
    answer: ({ keys, records }, request) => {
      const key = keys.get(ORG, kidOf(request))
      if (records.in('/idps').some(({ body }) => trustedKid(body) === key.jwk.kid)) throw invalid('kid', 'The key is used by an identity provider.')
      keys.delete(key)
    }
  }),
  route({ method: 'GET', path: KEYS, scope: READ, answer: ({ keys }, request) => keys.ofOwner(ownerOf(keys, request).id).map(toKeyCredentialView) }),
  route({ method: 'GET', path: `${KEYS}/active`, scope: READ, answer: ({ keys }, request) => keys.ofOwner(ownerOf(keys, request).id).slice(-1).map(toKeyCredentialView) }),
  route({ method: 'POST', path: `${KEYS}/generate`, scope: MANAGE, answer: async ({ keys }, request) => toKeyCredentialView(await keys.generate(ownerOf(keys, request), readYears(request))) }),
  route({ method: 'GET', path: `${KEYS}/{kid}`, scope: READ, answer: ({ keys }, request) => toKeyCredentialView(keys.get(ownerOf(keys, request), kidOf(request))) }),
  route({
    method: 'POST',
    path: `${KEYS}/{kid}/clone`,
    scope: MANAGE,
    status: 201,
    answer: ({ keys }, request) => {
      const key = keys.get(ownerOf(keys, request), kidOf(request))
      const { targetIdpId } = request.query
      if (targetIdpId === undefined) throw invalid('targetIdpId', 'The parameter is required')
      return toKeyCredentialView(keys.share(key, keys.findOwner('idps', targetIdpId)))
    }
  })
]

function ownerOf (keys: KeyCredentials, { params }: ApiRequest): KeyOwner {
  return keys.findOwner('idps', params['idpId'] ?? '')
}

function kidOf ({ params }: ApiRequest): string {
  return params['kid'] ?? ''
}

// the key of the certificate that a SAML identity provider signs with
function trustedKid (provider: Json): unknown {
  return ['protocol', 'credentials', 'trust', 'kid'].reduce<unknown>((inner, name) => isObject(inner) ? inner[name] : undefined, provider)
}

// the first one is the key's; what follows certifies it
function readCertificates (body: unknown): X509Certificate {
  const [certificate] = readTexts(readObject(body), 'x5c')
  if (certificate === undefined) throw invalid('x5c', 'The field cannot be left blank')
  return readCertificate(certificate)
}
