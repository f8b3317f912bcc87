import type { FastifyRequest } from 'fastify'
import type { AccessTokenClaims } from './okta/access-token/claim-profile.js'
import type { OktaUser } from './okta/directory/user.js'
import type { FastifyOkta } from './plugin.js'

/** The request of a route whose guard has authenticated it: `claims` is there. */
export type AuthenticatedRequest<Request = FastifyRequest> = Request & { readonly claims: Readonly<AccessTokenClaims> }

declare module 'fastify' {
  interface FastifyRequest {
    /** The claims of the access token; `null` before authentication, deeply frozen after. */
    claims: Readonly<AccessTokenClaims> | null
    /** The user in the directory; `null` before authentication, without a directory, and if a client acts for itself. */
    readonly oktaUser: Readonly<OktaUser> | null
  }

  interface FastifyInstance {
    okta: FastifyOkta
  }
}
