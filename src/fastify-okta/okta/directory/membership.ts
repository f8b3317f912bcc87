import type { OktaGroup } from './user.js'

/** The form of Okta's group ids: a name in this form would match another group. */
const GROUP_ID = /^00g[0-9A-Za-z]{17}$/

/** Whether a text is in the form of a group's id. */
export function isGroupId (text: string): boolean {
  return GROUP_ID.test(text)
}

/**
 * What a route may require to match these groups: the id of each, and the name of those that were made in Okta. A group
 * that was imported (`APP_GROUP`) may have any name, so its name grants no access; nor does a name that looks like an id.
 */
export function groupMatchers (groups: readonly OktaGroup[]): ReadonlySet<string> {
  const ids = groups.map(({ id }) => id)
  const names = groups.filter(({ type, name }) => type === 'OKTA_GROUP' && !isGroupId(name)).map(({ name }) => name)
  return new Set([...ids, ...names])
}
