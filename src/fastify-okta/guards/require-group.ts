import { GroupRequiredError, type GroupRequiredReason } from '../errors.js'
import type { Directory } from '../okta/directory/directory.js'
import type { Authentication, Authorize } from './authentication.js'

/** Okta leaves groups out of a claim that would have more than this many. */
const MAX_GROUPS_IN_CLAIM = 100

/** Whether a directory is known to have no group that this name or id could match. Asked only about who is refused. */
type IsMissingGroup = (directory: Directory, name: string) => boolean

/**
 * Makes the check that a caller is in at least one of these groups, each an exact name or an id.
 *
 * With a directory its groups count, and the token's do not: only a group made in Okta matches by name, any group by
 * id. Without one, the token's `groups` claim does, by exact string; a claim that is not an array of strings holds no
 * group. A client that acts for itself is in no group.
 *
 * @throws {TypeError} now, if no group is named or one is not a non-empty string
 */
export function requireGroup (names: readonly string[], isMissing: IsMissingGroup): Authorize {
  if (names.length === 0 || !names.every((name) => typeof name === 'string' && name !== '')) {
    throw new TypeError('requireGroup(...names) takes one or more names or ids of groups')
  }
  return (authentication) => {
    const { accessToken: { issuer, claims: { uid, groups } }, entry } = authentication
    const isMember = issuer.directory === null
      ? uid !== undefined && Array.isArray(groups) && names.some((name) => groups.includes(name))
      : entry !== null && names.some((name) => entry.groups.has(name))
    if (!isMember) throw new GroupRequiredError(names, explain(authentication, (directory) => names.every((name) => isMissing(directory, name))))
  }
}

/** Why a caller is in none of the groups: what an operator would have to change. */
function explain ({ accessToken: { issuer: { directory }, claims: { uid, groups } } }: Authentication, hasNoneOf: (directory: Directory) => boolean): GroupRequiredReason {
  if (uid === undefined) return 'no_user'
  if (directory !== null) return hasNoneOf(directory) ? 'no_such_group' : 'not_a_member'
  if (!Array.isArray(groups)) return 'no_groups'
  return groups.length === MAX_GROUPS_IN_CLAIM ? 'groups_truncated' : 'not_a_member'
}
