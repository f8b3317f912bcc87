import type { Group } from './group.js'

type View = Record<string, unknown>

/** A group as the API shows it. Without `_links.self`, as in Okta. */
export function toGroupView (orgUrl: string, group: Group): View {
  const href = `${orgUrl}/api/v1/groups/${group.id}`
  const { id, created, lastUpdated, lastMembershipUpdated, type, profile } = group
  const { description, ...attributes } = profile
  return {
    id,
    created,
    lastUpdated,
    lastMembershipUpdated,
    objectClass: [type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type,
    profile: { ...attributes, ...(description === null ? {} : { description }) },
    _links: {
      logo: [{ name: 'medium', href: `${orgUrl}/img/logos/groups/okta-medium.png`, type: 'image/png' }],
      users: { href: `${href}/users` },
      apps: { href: `${href}/apps` }
    }
  }
}

/** What `expand=stats` embeds. No group here is pushed to an app, or has an administrator role. */
export function toGroupStats (usersCount: number, appsCount: number): View {
  return { stats: { usersCount, appsCount, groupPushMappingsCount: 0, hasAdminPrivilege: false } }
}
