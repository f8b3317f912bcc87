import type { OktaGroup } from './user.js'

/** The form of Okta's group ids: a name in this form would match another group. */
const GROUP_ID = /^00g[0-9A-Za-z]{17}$/

/**
 * What a route may require to match these groups: the id of each, and the name of those that were made in Okta. A group
 * that was imported (`APP_GROUP`) may have any name, so its name grants no access; nor does a name that looks like an id.
 */
export function namesAndIdsOf (groups: readonly OktaGroup[]): ReadonlySet<string> {
  const ids = groups.map(({ id }) => id)
  const names = groups.filter(({ type, name }) => type === 'OKTA_GROUP' && !GROUP_ID.test(name)).map(({ name }) => name)
  return new Set([...ids, ...names])
}
