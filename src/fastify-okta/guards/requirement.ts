/**
 * What a guard asks of a request, for code that describes routes, such as a generator of OpenAPI documents. Deeply frozen.
 *
 * Says what is asked for, not who passes: every guard wants an active user, if there is a directory.
 */
export interface OktaRequirement {
  /** `optional`: a request without credentials passes. Bad credentials are refused either way. */
  readonly authentication: 'required' | 'optional'
  /** Names or ids of groups: the user must be in one of them. Empty if no group is asked for. */
  readonly groups: readonly string[]
  /** The token must have all of these. Empty if no scope is asked for. */
  readonly scopes: readonly string[]
  /** The least strength of the sign-in; absent if any is enough. */
  readonly acr?: string
  /** How long ago the user may have signed in, in seconds; absent if that does not matter. */
  readonly maxAgeSeconds?: number
}
