import type { Entity } from '../../kernel/store.js'

type Status = 'ACTIVE' | 'INACTIVE'

/** A custom authorization server. Its issuer is `{org}/oauth2/{id}`. */
export interface AuthorizationServerRecord extends Entity {
  readonly name: string
  readonly description: string
  /** The `aud` of its access tokens. Okta allows exactly one. */
  readonly audiences: readonly string[]
  readonly status: Status
}

/** A scope of an authorization server, in Okta's words. */
export interface ServerScope extends Entity {
  readonly serverId: string
  readonly name: string
  readonly displayName: string | null
  readonly description: string | null
  readonly consent: 'REQUIRED' | 'IMPLICIT' | 'FLEXIBLE'
  /** Granted if a request names no scope. */
  readonly default: boolean
  readonly optional: boolean
  /** True for OpenID Connect's own, which cannot be deleted. */
  readonly system: boolean
  readonly metadataPublish: 'NO_CLIENTS' | 'ALL_CLIENTS'
}

/** A claim that an authorization server adds to tokens, in Okta's words. */
export interface ServerClaim extends Entity {
  readonly serverId: string
  readonly name: string
  readonly status: Status
  /** `RESOURCE`: in access tokens. `IDENTITY`: in ID tokens. */
  readonly claimType: 'RESOURCE' | 'IDENTITY'
  readonly valueType: 'EXPRESSION' | 'GROUPS' | 'SYSTEM'
  /** An expression, or with `GROUPS` what the group names are compared with. */
  readonly value: string
  readonly group_filter_type: 'STARTS_WITH' | 'EQUALS' | 'CONTAINS' | 'REGEX' | null
  /** The scopes with which the claim is added. Empty: any. */
  readonly conditions: { readonly scopes: readonly string[] }
  /** False for an ID token: only at `/userinfo`, if an access token was issued too. */
  readonly alwaysIncludeInToken: boolean
  readonly system: boolean
}

/** An access policy: which clients its rules are for. */
export interface ServerPolicy extends Entity {
  readonly serverId: string
  readonly name: string
  readonly description: string
  /** 1 is evaluated first. */
  readonly priority: number
  readonly status: Status
  readonly system: boolean
  /** Client ids, or `ALL_CLIENTS`. */
  readonly conditions: { readonly clients: { readonly include: readonly string[] } }
}

interface Included {
  readonly include: readonly string[]
}

interface IncludedAndExcluded extends Included {
  readonly exclude: readonly string[]
}

/** A rule of an access policy: who gets which scopes by which grant, and for how long. */
export interface ServerRule extends Entity {
  readonly policyId: string
  readonly name: string
  /** 1 is evaluated first. */
  readonly priority: number
  readonly status: Status
  readonly system: boolean
  readonly conditions: {
    /** User ids and group ids; `EVERYONE` among the groups for every user. */
    readonly people: { readonly users: IncludedAndExcluded, readonly groups: IncludedAndExcluded }
    readonly grantTypes: Included
    /** Names of scopes, or `*`. */
    readonly scopes: Included
  }
  readonly actions: {
    readonly token: {
      readonly accessTokenLifetimeMinutes: number
      /** 0: without end. */
      readonly refreshTokenLifetimeMinutes: number
      /** How long a refresh token lives unused. */
      readonly refreshTokenWindowMinutes: number
    }
  }
}
