/** Why an access token was refused: for the log and for metrics, never for the client. */
export const INVALID_TOKEN_REASONS = Object.freeze([
  'malformed', 'too_large', 'type', 'algorithm', 'unknown_key', 'signature',
  'expired', 'not_yet_valid', 'lifetime', 'issuer', 'audience', 'client', 'claims', 'confirmation',
  'id_token', 'org_access_token', 'verifiers_disagree', 'inactive', 'revoked'
] as const)

/** One of {@link INVALID_TOKEN_REASONS}. */
export type InvalidTokenReason = typeof INVALID_TOKEN_REASONS[number]

/** Why a DPoP proof was refused: for the log and for metrics. */
export const INVALID_DPOP_PROOF_REASONS = Object.freeze([
  'missing', 'malformed', 'type', 'algorithm', 'key', 'signature', 'jti', 'htm', 'htu', 'iat', 'exp', 'nbf', 'ath', 'replayed'
] as const)

/** One of {@link INVALID_DPOP_PROOF_REASONS}. */
export type InvalidDpopProofReason = typeof INVALID_DPOP_PROOF_REASONS[number]

/**
 * Why a caller is in none of the required groups: for the log and for metrics.
 *
 * - `not_a_member`: the user is in other groups only.
 * - `no_such_group`: the directory has none of the required groups.
 * - `no_groups`: there is no directory, and the token has no `groups` claim.
 * - `no_user`: a client that acts for itself is in no group.
 * - `groups_truncated`: the `groups` claim has exactly 100 entries, so Okta may have left groups out.
 */
export const GROUP_REQUIRED_REASONS = Object.freeze(['not_a_member', 'no_such_group', 'no_groups', 'no_user', 'groups_truncated'] as const)

/** One of {@link GROUP_REQUIRED_REASONS}. */
export type GroupRequiredReason = typeof GROUP_REQUIRED_REASONS[number]

/**
 * Why the directory has no answer: for the log and for metrics, never for the client. `refused`: Okta refuses the API token
 * or the service app, or it lacks a permission; `rate_limited`: Okta answers 429; `unavailable`: Okta does not answer, fails,
 * or something else answers in its place; `timeout`: this one lookup took too long; `unreadable`: what Okta says of this one
 * user cannot be used; `busy`: this caller, or all callers together, asked for more than this process sends to Okta at once.
 */
export const DIRECTORY_UNAVAILABLE_REASONS = Object.freeze(['refused', 'rate_limited', 'unavailable', 'timeout', 'unreadable', 'busy'] as const)

/** One of {@link DIRECTORY_UNAVAILABLE_REASONS}. */
export type DirectoryUnavailableReason = typeof DIRECTORY_UNAVAILABLE_REASONS[number]

/** Why the store of used DPoP proofs does not answer: it is unavailable, or the caller has used up its share of it. */
export type DpopReplayStoreReason = 'unavailable' | 'too_many_proofs'
