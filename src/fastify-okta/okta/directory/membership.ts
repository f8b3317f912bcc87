import type { OktaGroup } from './user.js'

/** Okta's form of a group's id: a name in this form would pass for another group. */
const GROUP_ID = /^00g[0-9A-Za-z]{17}$/

/** Whether a text is in the form of a group's id. */
export function isGroupId (text: string): boolean {
  return GROUP_ID.test(text)
}

/**
 * What a route may ask for to find these groups: the id of each, and the name of those that were made in Okta. A group
 * that was imported from elsewhere (`APP_GROUP`) may bear any name, so its name opens nothing; nor does a name in the
 * form of an id.
 */
export function namesAndIdsOf (groups: readonly OktaGroup[]): ReadonlySet<string> {
  const ids = groups.map(({ id }) => id)
  const names = groups.filter(({ type, name }) => type === 'OKTA_GROUP' && !isGroupId(name)).map(({ name }) => name)
  return new Set([...ids, ...names])
}
