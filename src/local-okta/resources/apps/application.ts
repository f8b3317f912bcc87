import type { JWK } from 'jose'
import { isObject, readMember } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Entity } from '../../kernel/store.js'
import type { UniversalLogoutEndpoint } from './universal-logout-endpoint.js'

/** Okta's `application_type`. */
export type ApplicationType = 'browser' | 'native' | 'web' | 'service'

/** How an app authenticates at the token endpoint. */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'private_key_jwt'

/** How people sign in to an app. Only apps with `OPENID_CONNECT` are clients here; the others are records. */
export const SIGN_ON_MODES = [
  'AUTO_LOGIN', 'BASIC_AUTH', 'BOOKMARK', 'BROWSER_PLUGIN', 'OPENID_CONNECT', 'SAML_1_1', 'SAML_2_0', 'SECURE_PASSWORD_STORE', 'WS_FEDERATION'
] as const

export type SignOnMode = typeof SIGN_ON_MODES[number]

/** A client secret. An app has at most two, so that one can be exchanged for the other without an interruption. */
export interface ClientSecret {
  readonly id: string
  readonly secret: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly created: string
  readonly lastUpdated: string
}

/** A public key of a client, for `private_key_jwt` or for encryption. */
export interface ClientKey {
  readonly id: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly created: string
  readonly lastUpdated: string
  readonly jwk: JWK
}

/** An app as the org keeps it. The id of an OpenID Connect app is its client id. */
export interface Application extends Entity {
  readonly signOnMode: SignOnMode
  /** What an administrator wrote, as it was written: what is not read out of it below is shown, and has no effect here. */
  readonly record: Json
  /** Of the kind of app, such as `oidc_client` or `bookmark`; not its own, which is the label. */
  readonly name: string
  readonly label: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly applicationType: ApplicationType
  readonly authMethod: ClientAuthMethod
  /** The newest active secret, or null. */
  readonly clientSecret: string | null
  /** Every secret, active or not. */
  readonly secrets: readonly ClientSecret[]
  /** The public keys for `private_key_jwt`. They are made when they are first asked for, which takes a while. */
  readonly jwks: () => readonly JWK[]
  /** The keys that were added by the API, active or not. */
  readonly keys: readonly ClientKey[]
  readonly grantTypes: string[]
  readonly redirectUris: string[]
  readonly postLogoutRedirectUris: string[]
  /** `okta.*` scopes that an administrator has granted; used at the org server only. */
  readonly grantedScopes: string[]
  readonly dpopBoundAccessTokens: boolean
  /** The id of the key that Okta made for the app. The key itself is made when it is first read. */
  readonly firstKid: string
  /** The policies that the app has been given, by type, such as `ACCESS_POLICY`. */
  readonly policies: Readonly<Record<string, string>>
  /** Null: the app takes no part in Universal Logout. */
  readonly universalLogout: UniversalLogoutEndpoint | null
}

/** True for an app that has client secrets. */
export function usesSecret ({ authMethod }: Pick<Application, 'authMethod'>): boolean {
  return authMethod.startsWith('client_secret_')
}

/** The id of the key that an app signs with, as written or as made. */
export function signingKidOf ({ record, firstKid }: Pick<Application, 'record' | 'firstKid'>): string {
  const { signing } = readMember(record, 'credentials')
  const kid = isObject(signing) ? signing['kid'] : undefined
  return typeof kid === 'string' ? kid : firstKid
}

/** What a new app may have: a label, a type, and whatever differs from the defaults. */
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
