import { invalid } from '../../kernel/errors.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { readYears, toKeyCredentialView } from '../key-credentials/key-credential.js'
import { KeyCredentials } from '../key-credentials/store.js'
import { signingKidOf } from './application.js'
import type { Application } from './application.js'
import { appOf } from './requested-app.js'
import { toSamlMetadata } from './saml-metadata.js'
import { Applications } from './store.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const FIRST_KEY_YEARS = 10
const STORES = { apps: Applications, keys: KeyCredentials }

const { route } = routesOn(STORES)

/** `/apps/{appId}/credentials/keys`: the signing keys of an app. */
export const appKeyRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/keys',
    scope: READ,
    answer: async (stores, request) => stores.keys.ofOwner((await withFirstKey(stores, appOf(stores, request))).id).map(toKeyCredentialView)
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/keys/generate',
    scope: MANAGE,
    status: 201,
    answer: async (stores, request) => toKeyCredentialView(await stores.keys.generate(await withFirstKey(stores, appOf(stores, request)), readYears(request)))
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/keys/{keyId}',
    scope: READ,
    answer: async (stores, request) => toKeyCredentialView(stores.keys.get(await withFirstKey(stores, appOf(stores, request)), request.params['keyId'] ?? ''))
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/keys/{keyId}/clone',
    scope: MANAGE,
    status: 201,
    answer: async (stores, request) => {
      const key = stores.keys.get(await withFirstKey(stores, appOf(stores, request)), request.params['keyId'] ?? '')
      const { targetAid } = request.query
      if (targetAid === undefined) throw invalid('targetAid', 'The parameter is required')
      return toKeyCredentialView(stores.keys.share(key, await withFirstKey(stores, stores.apps.get(targetAid))))
    }
  }),
  {
    method: 'GET',
    path: '/apps/{appId}/sso/saml/metadata',
    scope: READ,
    status: 200,
    read: () => undefined,
    answer: async (kernel, request) => {
      const stores = { apps: kernel.store(Applications), keys: kernel.store(KeyCredentials) }
      const app = await withFirstKey(stores, appOf(stores, request))
      const { jwk } = stores.keys.get(app, request.query['kid'] ?? signingKidOf(app))
      return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: toSamlMetadata(kernel.orgUrl, app, jwk.x5c?.[0] ?? '') }
    }
  }
]

// the key that an app has from the start takes a while to make: nobody reads most of them
async function withFirstKey ({ keys }: { readonly keys: KeyCredentials }, app: Application): Promise<Application> {
  if (!keys.has(app, app.firstKid)) await keys.generate(app, FIRST_KEY_YEARS, app.firstKid)
  return app
}
