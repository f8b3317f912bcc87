import { GroupRequiredError } from '../errors.js'
import type { Authentication } from './authenticate.js'

/** Throws unless the caller may pass. */
export type Authorize = (authentication: Authentication) => void

/**
 * Makes the check that a caller is in at least one of these groups, each an exact name or an id.
 *
 * With a directory its groups count, and the token's do not: only a group made in Okta matches by name, any group by
 * id. Without one, the token's `groups` claim does, by exact string; a claim of another shape than a list of
 * strings holds no group. A client that acts for itself is in no group.
 *
 * @throws {TypeError} now, if no group is named or one is not a non-empty text
 */
export function createGroupCheck (names: readonly string[]): Authorize {
  if (names.length === 0 || !names.every(name => typeof name === 'string' && name !== '')) {
    throw new TypeError('requireGroup(...names) takes one or more names or ids of groups')
  }
  return function requireGroup ({ accessToken: { issuer, claims }, entry }) {
    const { uid, groups } = claims
    const isMember = issuer.directory === null
      ? uid !== undefined && Array.isArray(groups) && names.some(name => groups.includes(name))
      : entry !== null && names.some(name => entry.groups.has(name))
    if (!isMember) throw new GroupRequiredError()
  }
}
