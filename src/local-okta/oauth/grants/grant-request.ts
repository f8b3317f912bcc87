import type { Application } from '../../resources/apps/application.js'
import type { AuthorizationServer } from '../authorization-server.js'
import type { Form } from '../form.js'

/** A request for a token by a grant that oidc-provider does not have. Its client has been authenticated, and may use the grant. */
export interface GrantRequest {
  readonly server: AuthorizationServer
  readonly client: Application
  readonly form: Form
  /** Of the DPoP key that the token is bound to. Undefined: it is a Bearer token. */
  readonly thumbprint: string | undefined
}
