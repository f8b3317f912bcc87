/** Okta's user statuses (Users API). Only an `ACTIVE` user is accepted. */
export type OktaUserStatus =
  | 'STAGED' | 'PROVISIONED' | 'ACTIVE' | 'RECOVERY' | 'PASSWORD_EXPIRED' | 'LOCKED_OUT' | 'SUSPENDED' | 'DEPROVISIONED'

/** Okta's group types: made in Okta, imported from elsewhere, made by Okta itself (`Everyone`). */
export type OktaGroupType = 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'

export interface OktaGroup {
  readonly id: string
  readonly name: string
  readonly type: OktaGroupType
}

/** The attributes of Okta's user profile that are kept; `null` if Okta has no value. */
export interface OktaUserProfile {
  readonly login: string
  readonly email: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly displayName: string | null
  readonly nickName: string | null
  /** An IANA time zone. Okta accepts any string here. */
  readonly timezone: string | null
  /** For example `en_US`. */
  readonly locale: string | null
  /** For example `en-US` (BCP 47). */
  readonly preferredLanguage: string | null
  /** Attributes named in the option `profileAttributes`. */
  readonly [attribute: string]: unknown
}

/**
 * A user of the org as the directory has it: plain JSON, deeply frozen. Holds no credentials, no links, and of the
 * profile only {@link PROFILE_ATTRIBUTES} and the attributes that the options name.
 */
export interface OktaUser {
  readonly id: string
  readonly status: OktaUserStatus
  /** ISO 8601, UTC; `null` if Okta has no value. */
  readonly created: string | null
  readonly lastLogin: string | null
  readonly lastUpdated: string | null
  readonly profile: OktaUserProfile
  /** All groups of the user, with `Everyone` and imported ones. */
  readonly groups: readonly OktaGroup[]
}

export const PROFILE_ATTRIBUTES = [
  'login', 'email', 'firstName', 'lastName', 'displayName', 'nickName', 'timezone', 'locale', 'preferredLanguage'
] as const
