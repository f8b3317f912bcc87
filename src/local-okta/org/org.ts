import type { JWK } from 'jose'
import type { LocalOktaSeed, SeedApplication } from '../seed.js'
import { CLIENT_IDS } from '../seed.js'
import { Applications } from './applications.js'
import { EventHooks } from './event-hooks.js'
import { OrgEvents } from './events.js'
import { EVERYONE, Groups } from './groups.js'
import { Users } from './users.js'

const EVERYONE_ID = '00geveryone000000001'

/** OpenID Connect's scopes, which every authorization server has. */
export const SYSTEM_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const

/** The id of the org itself, which tokens name as `idp` of a password sign-in. */
export const ORG_ID = '00olocalokta00000001'

/** Everything the org knows that is not a token or a key. */
export interface Org {
  readonly orgUrl: string
  readonly issuer: string
  readonly audience: string
  readonly apiToken: string
  readonly users: Users
  readonly groups: Groups
  readonly applications: Applications
  readonly eventHooks: EventHooks
  /** What happens to users and groups, for whoever listens. */
  readonly events: OrgEvents
  /** The scopes of the `default` server, system scopes first. */
  readonly scopes: readonly string[]
  readonly groupsClaim: LocalOktaSeed['groupsClaim']
}

/** What {@link createOrg} needs beside the seed. */
export interface OrgSettings {
  orgUrl: string
  apiToken: string
  /** The public key of the management client. */
  managementKey: () => JWK
  redirectUris: readonly string[]
  postLogoutRedirectUris: readonly string[]
}

/**
 * Makes the org out of its seed.
 *
 * @throws {TypeError} when the seed names a group or user it does not define, or lacks one of the four apps
 */
export function createOrg (seed: LocalOktaSeed, settings: OrgSettings): Org {
  const events = new OrgEvents()
  const users = new Users(events)
  const groups = new Groups(users, events)
  const applications = new Applications(groups)
  const org: Org = {
    orgUrl: settings.orgUrl,
    issuer: `${settings.orgUrl}/oauth2/default`,
    audience: 'api://default',
    apiToken: settings.apiToken,
    users,
    groups,
    applications,
    eventHooks: new EventHooks(),
    events,
    scopes: [...SYSTEM_SCOPES, ...seed.scopes],
    groupsClaim: seed.groupsClaim
  }
  plantPeople(org, seed)
  for (const application of seed.applications) plantApplication(org, application, settings)
  for (const [name, clientId] of Object.entries(CLIENT_IDS)) {
    if (!applications.findById(clientId)) throw new TypeError(`seed.applications must hold the ${name} client ${clientId}`)
  }
  return org
}

function plantPeople ({ users, groups }: Org, seed: LocalOktaSeed): void {
  groups.create({ id: EVERYONE_ID, name: EVERYONE, description: 'All users in your organization', type: 'BUILT_IN' })
  for (const group of seed.groups) groups.create(group)
  for (const { groups: names = [], ...newUser } of seed.users) {
    const user = users.create(newUser)
    for (const name of names) groups.addUser(known(groups.find(name), 'group', name), user.id)
  }
}

function plantApplication (org: Org, seed: SeedApplication, settings: OrgSettings): void {
  const { clientId: id, assignedGroups = [], assignedUsers = [], redirectUris = [], postLogoutRedirectUris = [], jwks, ...rest } = seed
  const isBrowser = id === CLIENT_IDS.browser
  org.applications.create({
    ...rest,
    id,
    jwks: () => jwks?.keys ?? (id === CLIENT_IDS.management ? [settings.managementKey()] : []),
    redirectUris: isBrowser ? [...new Set([...redirectUris, ...settings.redirectUris])] : [...redirectUris],
    postLogoutRedirectUris: isBrowser
      ? [...new Set([...postLogoutRedirectUris, ...settings.postLogoutRedirectUris])]
      : [...postLogoutRedirectUris]
  })
  for (const name of assignedGroups) org.applications.assignGroup(id, known(org.groups.find(name), 'group', name).id)
  for (const login of assignedUsers) org.applications.assignUser(id, known(org.users.find(login), 'user', login).id)
}

function known<T> (found: T | undefined, kind: string, name: string): T {
  if (!found) throw new TypeError(`the seed names a ${kind} it does not define: ${name}`)
  return found
}
