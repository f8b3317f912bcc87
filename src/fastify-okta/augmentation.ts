import type { FastifyRequest } from 'fastify'
import type { OktaGuard, OktaHook } from './guards/hook.js'
import type { AuthenticationRequirement } from './guards/require-authentication.js'
import type { AccessTokenClaims } from './okta/access-token/claim-profile.js'
import type { Directory } from './okta/directory/directory.js'
import type { OktaUser } from './okta/directory/user.js'
import type { Readiness } from './okta/readiness.js'
import type { RaiseResult } from './okta/revocations/revocations.js'
import type { RevokeOptions } from './okta/revocations/revoke.js'
import type { TokenEnd } from './okta/revocations/token-watches.js'

/** The request of a route whose guard has authenticated it: `claims` is there. */
export type AuthenticatedRequest<Request = FastifyRequest> = Request & { readonly claims: Readonly<AccessTokenClaims> }

/** What the plugin adds to an application, as `app.okta`. */
export interface FastifyOkta {
  /**
   * A hook for `onRequest`: credentials are required and must verify, and the user must be active. Otherwise 400, 401 or 403;
   * 503 if that cannot be determined, since Okta is unavailable. Does NOT look at groups and scopes.
   */
  readonly authenticate: OktaGuard
  /** A hook for `onRequest`: a request without credentials passes, with `claims` and `oktaUser` `null`; bad credentials, and those of another scheme such as `Basic`, are refused. */
  readonly identify: OktaHook
  /**
   * A hook for `onRequest`: authenticates if nothing has, and lets members of any of these groups pass; names are exact.
   *
   * @throws {TypeError} if no group is named, or one is not a non-empty string
   */
  requireGroup (...names: string[]): OktaGuard
  /**
   * A hook for `onRequest`: authenticates if nothing has, and lets tokens with all of these scopes pass.
   *
   * @throws {TypeError} if no scope is named, or one cannot be a scope
   */
  requireScope (...scopes: string[]): OktaGuard
  /**
   * A hook for `onRequest`: authenticates if nothing has, and lets users pass who signed in strongly and recently enough (RFC 9470).
   *
   * @throws {TypeError} if nothing is required, a value cannot be, or something else is named
   */
  requireAuthentication (requirement: AuthenticationRequirement): OktaGuard
  /** The directory; of several issuers, the first one's that has any; `null` if none has. */
  readonly directory: Directory | null
  /** The directory of one issuer; `null` if it has none, or is not configured. */
  directoryOf (issuer: string): Directory | null
  /**
   * Revokes a user's access tokens: those that were issued, or whose user signed in, at this time or before are refused from
   * now on with 401, reason `revoked`. Does NOT end the user's session at Okta, nor revoke refresh tokens there.
   *
   * Resolves once it holds in this process, and the store has it or has failed (then it is repeated).
   *
   * @throws {TypeError} neither `uid` nor `login` is given, or both, or `before` is not a valid Date
   * @throws {DirectoryUnavailableError} a login must be looked up, and the directory is unavailable: nothing is revoked there
   */
  revoke (options: RevokeOptions): Promise<RaiseResult>
  /**
   * Calls a listener once, when the token with these claims is revoked or expires: for connections that stay open, such as
   * WebSockets, whose guard ran only once. A token that is revoked already counts as revoked now. Never calls it before it
   * returns. Returns a function that stops it: call it when the connection closes.
   *
   * @throws {TypeError} the claims are not those of a token of a configured issuer, or the listener is not a function
   */
  onRevoked (claims: AccessTokenClaims, listener: (end: TokenEnd) => void): () => void
  /** Whether every issuer's keys are in memory, every directory answers, and the revocations of other processes are read; if not, why. Does not throw. */
  isReady (): Promise<Readiness>
}

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
