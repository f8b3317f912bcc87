import type { JWK } from 'jose'
import type { Applications } from './resources/apps/store.js'
import { CLIENT_IDS } from './seed.js'
import type { KeyPair } from './tokens/signing-keys.js'

/** The clients of a local Okta. */
export interface LocalOktaClients {
  /** Public, authorization code with PKCE: the browser page. */
  readonly browser: { readonly clientId: string }
  /** Public, authorization code with PKCE on any loopback port, device code, password: a command line. */
  readonly native: { readonly clientId: string }
  /** Client credentials at the `default` server, with `client_secret_basic` or `_post`. */
  readonly service: { readonly clientId: string, readonly clientSecret: string }
  /** Client credentials at the org server, with `private_key_jwt`: the management API. */
  readonly management: { readonly clientId: string, readonly privateKeyJwk: JWK, readonly scopes: string[] }
}

/** How each of the four clients authenticates. The private key is made when it is first read. */
export function clientsOf (applications: Applications, managementKey: () => KeyPair): LocalOktaClients {
  const service = applications.findById(CLIENT_IDS.service)
  const management = applications.findById(CLIENT_IDS.management)
  return {
    browser: { clientId: CLIENT_IDS.browser },
    native: { clientId: CLIENT_IDS.native },
    service: { clientId: CLIENT_IDS.service, clientSecret: service?.clientSecret ?? '' },
    management: {
      clientId: CLIENT_IDS.management,
      get privateKeyJwk () { return { ...managementKey().privateJwk } },
      scopes: [...management?.grantedScopes ?? []]
    }
  }
}
