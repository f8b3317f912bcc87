import type { JWK } from 'jose'
import type { Json } from '../../kernel/json.js'
import type { Entity } from '../../kernel/store.js'

/** Okta's `application_type`. */
export type ApplicationType = 'browser' | 'native' | 'web' | 'service'

/** How an app authenticates at the token endpoint. */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** An app as the org keeps it. The id of an OpenID Connect app is its client id. */
export interface Application extends Entity {
  /** Of the kind of app, such as `oidc_client` or `bookmark`; not its own, which is the label. */
  readonly name: string
  readonly label: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly applicationType: ApplicationType
  readonly authMethod: ClientAuthMethod
  readonly clientSecret: string | null
  /** The public keys for `private_key_jwt`. They are made when they are first asked for, which takes a while. */
  readonly jwks: () => readonly JWK[]
  readonly grantTypes: string[]
  readonly redirectUris: string[]
  readonly postLogoutRedirectUris: string[]
  /** `okta.*` scopes that an administrator has granted; used at the org server only. */
  readonly grantedScopes: string[]
  readonly dpopBoundAccessTokens: boolean
}

/** What a new app may bring along: a label, a type, and whatever differs from the defaults. */
export type NewApplication =
  Pick<Application, 'label' | 'applicationType'> & Partial<Omit<Application, 'created' | 'lastUpdated'>>

/** A user's assignment to an app. */
export interface AppUser extends Entity {
  readonly appId: string
  readonly userId: string
  /** `GROUP`: through a group, until it is unassigned or the user leaves it. */
  readonly scope: 'USER' | 'GROUP'
  readonly userName: string
  readonly profile: Json
  /** The user's id in the app. */
  readonly externalId: string
  readonly statusChanged: string
  /** When a password for the app was set, or null. */
  readonly passwordChanged: string | null
}

/** What an assignment may say of the user. Undefined: as it is, or as the user's own. */
export interface AppUserSettings {
  readonly userName?: string | undefined
  readonly profile?: Json | undefined
  readonly hasNewPassword?: boolean
}

/** A group's assignment to an app. */
export interface AppGroup extends Entity {
  readonly appId: string
  readonly groupId: string
  /** Of two groups that say different things of a user, the one with the lower number counts. */
  readonly priority: number
  readonly profile: Json
}

/** What an assignment of a group may say. Undefined: as it is, or the next priority and no profile. */
export interface AppGroupSettings {
  readonly priority?: number | undefined
  readonly profile?: Json | undefined
}
