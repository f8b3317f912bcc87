import type { FastifyRequest } from 'fastify'
import type { VerifiedAccessToken } from '../okta/access-token/access-token-verifier.js'
import type { CachedUser } from '../okta/directory/user-cache.js'

/** What is known of the caller of a request once it is authenticated. */
export interface Authentication {
  readonly accessToken: VerifiedAccessToken
  /** The access token as the request presented it. */
  readonly presented: string
  /** The user in the directory; `null` if there is no directory, or the client acts for itself. */
  readonly entry: CachedUser | null
}

/** Decides whether an authenticated caller may pass. Throws if not. */
export type Authorize = (authentication: Authentication) => void

type Carrier = Record<symbol, Authentication | null | undefined>

/**
 * What one registration of the plugin has authenticated. It is kept on the request, under a symbol that no other
 * registration has: a guard never relies on what the guard of another registration has found.
 */
export class Authentications {
  /** For `decorateRequest`, so that requests keep one shape. */
  readonly key: symbol = Symbol('fastify-okta.authentication')

  /** `undefined` unless this registration has authenticated the request. */
  get (request: FastifyRequest): Authentication | undefined {
    return (request as unknown as Carrier)[this.key] ?? undefined
  }

  set (request: FastifyRequest, authentication: Authentication): void {
    (request as unknown as Carrier)[this.key] = authentication
  }
}
