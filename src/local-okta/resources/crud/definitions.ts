import type { ErrorCode } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ApiRequest } from '../../kernel/route.js'
import type { StoredRecord } from './store.js'

/** The parameters of a path, by name. */
export type Params = ApiRequest['params']

/** What a request concerns, for what a line in the list computes. */
export interface RecordRequest {
  readonly kernel: Kernel
  readonly params: Params
  /** The path of the collection, with the ids of the request in it. */
  readonly path: string
  /** The id of a new one, if it comes with the request. */
  readonly key?: string | undefined
}

/** A collection of the description: what a line in the list says of it. */
export interface Collection {
  /** As in the description, such as `/policies/{policyId}/rules`. */
  readonly path: string
  /** Of its ids, such as `0pr`. */
  readonly prefix: string
  /** Okta's word for one of them, for errors and events. */
  readonly type: string
  /** The event types of a change. */
  readonly events: RecordEvents
  /** The member that serves as an id, if there is one. */
  readonly key?: (body: Json) => unknown
  /** Another name in paths, if one of them has one. */
  readonly alias?: (body: Json) => unknown
  /** Members that stay as they were written first. */
  readonly immutable?: readonly string[]
  /** A member that no two of them share. */
  readonly unique?: string
  /** The code with which a member that another one has is refused. Default E0000001. */
  readonly conflict?: ErrorCode
  /** The member that holds the list, if the answer is not an array. */
  readonly wrapper?: string
  /** Members that are written and not shown, with dots between the names. */
  readonly hidden?: readonly string[]
  /** What a new one has if the request does not say so. */
  readonly defaults?: Json
  /** What Okta makes of the body of a request, beside the defaults. @throws {OktaApiError} for what cannot be */
  readonly make?: (body: Json, request: RecordRequest) => Json
  /** The status of a new one. Default `ACTIVE`; `INACTIVE` with `?activate=false`. */
  readonly initialStatus?: string
  /** Those that exist from the start. They cannot be deleted. */
  readonly initial?: (request: RecordRequest) => readonly Json[]
  /** The ids of those that exist from the start. Default: made as for any other. */
  readonly initialKey?: (body: Json) => string
  /** A path whose objects these are too, such as `/users`: only an id that exists there is one here. */
  readonly of?: string
  /** The same for objects of several stores, by what one of them says. */
  readonly goesWith?: (body: Json) => string
  /** The method that creates at the path of one of them, whose id is in the path. */
  readonly createsAtItem?: 'POST' | 'PUT'
  /** The paths of one of them below the collection's. Default `{}`; an id of two parts has a slash in it. */
  readonly items?: readonly string[]
  /** What a request creates below a new one: in which collection, under which id, and what. */
  readonly children?: (sent: Json) => readonly RecordChild[]
  /** Reads what PATCH of the collection adds, each. Its answer is the object that the collection belongs to. */
  readonly addition?: (added: unknown) => Json
  /** Files that one of them takes, by the end of their path: the member with the address. */
  readonly uploads?: Readonly<Record<string, string>>
  /** What operations on one of them change, beside activate and deactivate, by the end of their path. */
  readonly verbs?: Readonly<Record<string, RecordChange | ((record: StoredRecord, request: ApiRequest) => RecordChange)>>
  /** True if only an inactive one can be deleted. */
  readonly isDeletedInactive?: true
  /** Refuses to delete or deactivate one of them that is needed. @throws {OktaApiError} */
  readonly checkRemoval?: (kernel: Kernel, record: StoredRecord, verb: 'delete' | 'deactivate') => void
  /** What Okta makes of a change. @throws {OktaApiError} for what cannot be */
  readonly makeChange?: (body: Json, record: StoredRecord, kernel: Kernel) => Json
  /** What is below one of them, by the last parts of the paths: links to it. `expand` embeds one that is a collection. */
  readonly below?: readonly string[]
  /** What else `expand` embeds by these names, or undefined for a name that it does not know. */
  readonly embed?: (kernel: Kernel, record: StoredRecord, name: string) => unknown
  /** True if the list shows the ids alone. */
  readonly listsIds?: true
  /** Makes the answer, of what is shown by default. */
  readonly view?: (kernel: Kernel, record: StoredRecord, shown: Json) => Json
}

/** A record that comes with another. */
interface RecordChild {
  /** The last part of the collection's path, such as `permissions`. */
  readonly collection: string
  readonly body: Json
}

/** What a verb changes of a record. The body is merged. */
export interface RecordChange {
  readonly status?: string
  readonly body?: Json
}

/** The event types of the changes of a collection. */
export type RecordEvents = Readonly<Record<'create' | 'update' | 'delete' | 'activate' | 'deactivate', string>>

/** An object that always exists, such as the settings of the org: what a line in the list says of it. */
export interface Singleton {
  /** As in the description. */
  readonly path: string
  /** What it is until it is changed. */
  readonly initial: (kernel: Kernel, request: Pick<ApiRequest, 'params'>) => Json
  /** The event type of a change. */
  readonly event: string
  /** True if it is not found until somebody has written it. */
  readonly isAbsent?: true
  /** True if what the path's last parameter names exists. Default: what a collection has there. */
  readonly exists?: (kernel: Kernel, key: string) => boolean
  /** Parameter values that mean the same object: `default` for a schema's id. */
  readonly synonyms?: Readonly<Record<string, string>>
  /** Makes the answer of what is kept. Default: all of it. */
  readonly view?: (kept: Json, kernel: Kernel) => Json
  /** Operations that change it in one way, by their paths below it or by their whole paths: what they merge into it. */
  readonly actions?: Readonly<Record<string, Json | ((kernel: Kernel) => Json)>>
}

/** What Okta answers without keeping anything. */
export interface FixedAnswer {
  /** As in the description. */
  readonly path: string
  /** Default GET. */
  readonly method?: 'GET' | 'POST'
  readonly answer: (kernel: Kernel, request: ApiRequest) => unknown
}

/** The event types of a collection whose events are `{prefix}.create` and so on. */
export function lifecycle (prefix: string): RecordEvents {
  return { create: `${prefix}.create`, update: `${prefix}.update`, delete: `${prefix}.delete`, activate: `${prefix}.activate`, deactivate: `${prefix}.deactivate` }
}

/** The event types of a collection whose events are `{prefix}.created` and so on. */
export function past (prefix: string): RecordEvents {
  return { create: `${prefix}.created`, update: `${prefix}.updated`, delete: `${prefix}.deleted`, activate: `${prefix}.activated`, deactivate: `${prefix}.deactivated` }
}

/** The event types of a collection in which one of two events stands for every change. */
export function granted (grant: string, revoke: string): RecordEvents {
  return { create: grant, update: grant, delete: revoke, activate: grant, deactivate: revoke }
}
