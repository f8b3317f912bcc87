import type { JWK } from 'jose'
import { createId } from './identifiers.js'
import type { Groups } from './groups.js'

/** Okta's `application_type`. */
export type ApplicationType = 'browser' | 'native' | 'web' | 'service'

/** How an app proves at the token endpoint who it is. */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** An OpenID Connect app as the org keeps it. Its id is its client id. */
export interface Application {
  readonly id: string
  label: string
  status: 'ACTIVE' | 'INACTIVE'
  readonly applicationType: ApplicationType
  authMethod: ClientAuthMethod
  clientSecret: string | null
  /** The public keys for `private_key_jwt`. They are made when they are first asked for, which takes a while. */
  readonly jwks: () => readonly JWK[]
  grantTypes: string[]
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  /** `okta.*` scopes that an administrator has granted; used at the org server only. */
  grantedScopes: string[]
  dpopBoundAccessTokens: boolean
  readonly created: string
  lastUpdated: string
}

/** What a new app may bring along: a label, a type, and whatever differs from the defaults. */
export type NewApplication =
  Pick<Application, 'label' | 'applicationType'> & Partial<Omit<Application, 'created' | 'lastUpdated'>>

/** The apps of the org, and the users and groups assigned to them. */
export class Applications {
  readonly #byId = new Map<string, Application>()
  readonly #userIds = new Map<string, Set<string>>()
  readonly #groupIds = new Map<string, Set<string>>()
  readonly #groups: Groups

  constructor (groups: Groups) {
    this.#groups = groups
  }

  /** Adds an app. As in Okta, nobody is assigned to it yet. */
  create (settings: NewApplication): Application {
    const now = new Date().toISOString()
    const application: Application = {
      id: createId('0oa'),
      status: 'ACTIVE',
      authMethod: 'none',
      clientSecret: null,
      jwks: () => [],
      grantTypes: ['authorization_code'],
      redirectUris: [],
      postLogoutRedirectUris: [],
      grantedScopes: [],
      dpopBoundAccessTokens: false,
      ...settings,
      created: now,
      lastUpdated: now
    }
    this.#byId.set(application.id, application)
    this.#userIds.set(application.id, new Set())
    this.#groupIds.set(application.id, new Set())
    return application
  }

  /** The app of this id or exact label, or undefined. */
  find (idOrLabel: string): Application | undefined {
    return this.#byId.get(idOrLabel) ?? this.all().find(({ label }) => label === idOrLabel)
  }

  /** The app of this id, or undefined. */
  findById (id: string): Application | undefined {
    return this.#byId.get(id)
  }

  /** Every app, in the order of creation. */
  all (): Application[] {
    return [...this.#byId.values()]
  }

  /** Assigns a user directly. */
  assignUser (applicationId: string, userId: string): void {
    this.#userIds.get(applicationId)?.add(userId)
  }

  /** Takes a direct assignment back. A user assigned through a group stays assigned. */
  unassignUser (applicationId: string, userId: string): void {
    this.#userIds.get(applicationId)?.delete(userId)
  }

  /** Assigns every member of a group, now and later. */
  assignGroup (applicationId: string, groupId: string): void {
    this.#groupIds.get(applicationId)?.add(groupId)
  }

  /** Takes a group's assignment back. */
  unassignGroup (applicationId: string, groupId: string): void {
    this.#groupIds.get(applicationId)?.delete(groupId)
  }

  /** How the user is assigned: directly (`USER`), through a group (`GROUP`), or not at all. */
  assignmentOf (applicationId: string, userId: string): 'USER' | 'GROUP' | undefined {
    if (this.#userIds.get(applicationId)?.has(userId)) return 'USER'
    const groupIds = this.#groupIds.get(applicationId)
    return this.#groups.ofUser(userId).some(({ id }) => groupIds?.has(id)) ? 'GROUP' : undefined
  }

  /** The ids of the assigned groups. */
  groupIdsOf (applicationId: string): string[] {
    return [...this.#groupIds.get(applicationId) ?? []]
  }

  /** Forgets a deleted user's assignments. */
  forgetUser (userId: string): void {
    for (const userIds of this.#userIds.values()) userIds.delete(userId)
  }

  /** Forgets a deleted group's assignments. */
  forgetGroup (groupId: string): void {
    for (const groupIds of this.#groupIds.values()) groupIds.delete(groupId)
  }
}
