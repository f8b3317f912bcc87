import type { Resource } from '../resource.js'
import { createCsrRoutes, SigningRequests } from './csr-routes.js'
import { identityProviderKeyRoutes } from './identity-provider-keys.js'
import { KeyCredentials } from './store.js'

/** Keys with certificates, and requests for certificates. The keys of apps are with the apps. */
export const keyCredentials: Resource = {
  stores: [KeyCredentials, SigningRequests],
  routes: [
    ...createCsrRoutes('apps', { owner: 'appId', request: 'csrId' }),
    ...createCsrRoutes('idps', { owner: 'idpId', request: 'idpCsrId' }),
    ...identityProviderKeyRoutes
  ],
  eventTypes: {
    'security.key_credential.create': 'Create key credential',
    'security.key_credential.delete': 'Delete key credential'
  }
}
