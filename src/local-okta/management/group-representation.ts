import type { Group } from '../org/groups.js'
import type { Org } from '../org/org.js'

/** A group as the API shows it. Without `_links.self`, as in Okta. */
export function representGroup ({ orgUrl }: Org, group: Group): Record<string, unknown> {
  const href = `${orgUrl}/api/v1/groups/${group.id}`
  const { id, created, lastUpdated, lastMembershipUpdated, type, profile } = group
  return {
    id,
    created,
    lastUpdated,
    lastMembershipUpdated,
    objectClass: [type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type,
    profile: { ...profile },
    _links: {
      logo: [{ name: 'medium', href: `${orgUrl}/img/logos/groups/okta-medium.png`, type: 'image/png' }],
      users: { href: `${href}/users` },
      apps: { href: `${href}/apps` }
    }
  }
}

/** Reads a property by its path in a filter, such as `profile.name`. */
export function readGroupProperty (group: Group, path: string): unknown {
  const { id, type, created, lastUpdated, lastMembershipUpdated, profile } = group
  const properties: Record<string, unknown> = {
    id,
    type,
    created,
    lastUpdated,
    lastMembershipUpdated,
    'profile.name': profile.name,
    'profile.description': profile.description
  }
  return properties[path]
}
