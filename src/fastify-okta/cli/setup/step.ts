import type { ManagementApi } from '../management-api.js'

/** Ids of what setup works on; those of what does not exist yet are known once it is created. */
export interface Ids {
  readonly serverId: string
  readonly groupId: string
  readonly appId: string
  readonly policyId: string
  readonly hookId: string
  /** Not an id, but as the ids not to be written into a plan. */
  readonly eventHookSecret: string
}

/** A call of the Management API that carries out a step. */
export interface PlannedRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly build: (ids: Ids) => { readonly path: string, readonly body?: unknown }
  /** Which id the response holds. */
  readonly stores?: keyof Ids
}

/** What setup does, or would do. */
export interface Step {
  readonly id: string
  readonly action: 'create' | 'update' | 'none'
  /** In words, naming the object. */
  readonly what: string
  readonly requests: readonly PlannedRequest[]
}

/** What the org is to be made ready for. */
export interface Target {
  /** The id of the authorization server in a path of the API, such as `default`. */
  readonly serverName: string
  readonly issuer: string | undefined
  readonly orgUrl: string
  readonly publicUrl: string
  readonly group: string
  readonly appLabel: string
  /** The app that exists already; `undefined`: the one with the label, or a new one. */
  readonly clientId: string | undefined
  readonly eventHookSecret: string | undefined
  /** Whether an event hook that exists gets a new secret. */
  readonly replacesSecret: boolean
}

/** Plans one or more steps; only reads. `known` gains the ids of what exists. */
export type Planner = (context: PlanContext) => Promise<Step[]>

export interface PlanContext {
  readonly api: ManagementApi
  readonly target: Target
  readonly known: Partial<Record<keyof Ids, string>>
}

export function none (id: string, what: string): Step {
  return { id, action: 'none', what, requests: [] }
}
