import type { JWK } from 'jose'
import type { ApplicationType, ClientAuthMethod } from './resources/apps/application.js'
import type { GroupType } from './resources/groups/group.js'
import type { UserProfile, UserStatus } from './resources/users/user.js'

/** A person the org starts with. `groups` are names; `Everyone` goes without saying. */
export interface SeedUser {
  id?: string
  profile: UserProfile
  password: string
  status?: UserStatus
  groups?: string[]
}

/** A group the org starts with. */
export interface SeedGroup {
  id?: string
  name: string
  description?: string
  type?: GroupType
}

/** An app the org starts with. `assignedGroups` are names, `assignedUsers` logins. */
export interface SeedApplication {
  clientId: string
  label: string
  applicationType: ApplicationType
  authMethod: ClientAuthMethod
  /** Required for `client_secret_basic`, `client_secret_post` and `client_secret_jwt`. */
  clientSecret?: string
  /** Public keys. Required for `private_key_jwt`, except for the management client, whose key pair is made when it is first needed. */
  jwks?: { keys: JWK[] }
  grantTypes: string[]
  redirectUris?: string[]
  postLogoutRedirectUris?: string[]
  grantedScopes?: string[]
  dpopBoundAccessTokens?: boolean
  /** Default null: the app takes no part in Universal Logout. */
  universalLogout?: { url: string, format: 'email' | 'iss_sub' } | null
  assignedGroups?: string[]
  assignedUsers?: string[]
}

/** What the org starts with. */
export interface LocalOktaSeed {
  users: SeedUser[]
  groups: SeedGroup[]
  /** Must hold the four apps of the shipped seed, by client id. */
  applications: SeedApplication[]
  /** Scopes of the `default` server beside OpenID Connect's own. */
  scopes: string[]
  /**
   * A `groups` claim in access tokens and ID tokens: the names of the user's
   * groups that match `filter` (a regular expression). Default null: no such claim.
   */
  groupsClaim: { name: string, filter: string } | null
}

/** The password of every person in the shipped seed. For development on this machine only. */
export const DEVELOPMENT_PASSWORD = 'local-okta-1'

/** The client ids of the four apps that every seed holds. */
export const CLIENT_IDS = {
  browser: '0oalocalbrowser00001',
  native: '0oalocalnative000001',
  service: '0oalocalservice00001',
  management: '0oalocalmanagement01'
} as const

/** The org's first administrator, the owner of its API token (`/api/v1/users/me`). */
const ADMINISTRATOR_ID = '00uadministrator0001'

/** The same in the System Log, which has a display name for everybody. */
export const ADMINISTRATOR = { id: ADMINISTRATOR_ID, type: 'User', alternateId: 'admin@example.com', displayName: 'Alex Admin' } as const

/** The people, groups and apps the local Okta starts with by default. */
export const defaultSeed: LocalOktaSeed = {
  users: [
    {
      id: '00uadalovelace000001',
      profile: {
        login: 'ada@example.com',
        email: 'ada@example.com',
        firstName: 'Ada',
        lastName: 'Lovelace',
        displayName: 'Ada Lovelace',
        timezone: 'Europe/London',
        locale: 'en_GB',
        preferredLanguage: 'en-GB'
      },
      password: DEVELOPMENT_PASSWORD,
      groups: ['Fastify Okta']
    },
    {
      id: '00ugracehopper000001',
      profile: {
        login: 'grace@example.com',
        email: 'grace@example.com',
        firstName: 'Grace',
        lastName: 'Hopper',
        displayName: 'Grace Hopper',
        timezone: 'America/New_York',
        locale: 'en_US',
        preferredLanguage: 'en-US'
      },
      password: DEVELOPMENT_PASSWORD
    },
    {
      id: ADMINISTRATOR_ID,
      profile: {
        login: 'admin@example.com',
        email: 'admin@example.com',
        firstName: 'Alex',
        lastName: 'Admin',
        displayName: 'Alex Admin'
      },
      password: DEVELOPMENT_PASSWORD
    }
  ],
  groups: [
    { id: '00gfastifyokta000001', name: 'Fastify Okta', description: 'May be greeted' }
  ],
  applications: [
    {
      clientId: CLIENT_IDS.browser,
      label: 'Greeting page',
      applicationType: 'browser',
      authMethod: 'none',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [
        'http://127.0.0.1:3000/callback',
        'http://localhost:3000/callback',
        'http://127.0.0.1:3000/docs/static/oauth2-redirect.html',
        'http://localhost:3000/docs/static/oauth2-redirect.html'
      ],
      postLogoutRedirectUris: ['http://127.0.0.1:3000/', 'http://localhost:3000/'],
      assignedGroups: ['Everyone']
    },
    {
      clientId: CLIENT_IDS.native,
      label: 'Command line',
      applicationType: 'native',
      authMethod: 'none',
      grantTypes: [
        'authorization_code', 'refresh_token', 'password', 'urn:ietf:params:oauth:grant-type:device_code'
      ],
      // RFC 8252 section 7.3: any port of the loopback address
      redirectUris: ['http://127.0.0.1/callback'],
      assignedGroups: ['Everyone']
    },
    {
      clientId: CLIENT_IDS.service,
      label: 'Nightly job',
      applicationType: 'service',
      authMethod: 'client_secret_basic',
      clientSecret: 'local-okta-service-secret',
      grantTypes: ['client_credentials']
    },
    {
      clientId: CLIENT_IDS.management,
      label: 'Directory reader',
      applicationType: 'service',
      authMethod: 'private_key_jwt',
      grantTypes: ['client_credentials'],
      grantedScopes: ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage']
    }
  ],
  scopes: ['greet', 'profile:write'],
  groupsClaim: null
}
