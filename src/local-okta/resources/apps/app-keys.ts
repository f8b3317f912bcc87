import { invalid } from '../../kernel/errors.js'
import { routesOn } from '../../kernel/route.js'
import { readYears, toKeyCredentialView } from '../key-credentials/key-credential.js'
import { KeyCredentials } from '../key-credentials/store.js'
import { appOf } from './requested-app.js'
import { Applications } from './store.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const STORES = { apps: Applications, keys: KeyCredentials }

const { route } = routesOn(STORES)

/** `/apps/{appId}/credentials/keys`: the signing keys of an app. */
export const appKeyRoutes = [
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/keys',
    scope: READ,
    answer: (stores, request) => stores.keys.ofOwner(appOf(stores, request).id).map(toKeyCredentialView)
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/keys/generate',
    scope: MANAGE,
    status: 201,
    answer: async (stores, request) => toKeyCredentialView(await stores.keys.generate(appOf(stores, request), readYears(request)))
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/keys/{keyId}',
    scope: READ,
    answer: (stores, request) => toKeyCredentialView(stores.keys.get(appOf(stores, request), request.params['keyId'] ?? ''))
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/keys/{keyId}/clone',
    scope: MANAGE,
    status: 201,
    answer: (stores, request) => {
      const key = stores.keys.get(appOf(stores, request), request.params['keyId'] ?? '')
      const { targetAid } = request.query
      if (targetAid === undefined) throw invalid('targetAid', 'The parameter is required')
      return toKeyCredentialView(stores.keys.share(key, stores.apps.get(targetAid)))
    }
  })
]
