import { readDescription, withoutNames } from '../../description/description.js'
import type { Operation } from '../../description/description.js'
import { validate } from '../../description/validate.js'
import { invalid, notFound, OktaApiError } from '../../kernel/errors.js'
import { filterItems } from '../../kernel/expression.js'
import { createId } from '../../kernel/identifiers.js'
import { isObject, readObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { paginate } from '../../kernel/paging.js'
import type { ApiAnswer, ApiRequest, Route } from '../../kernel/route.js'
import { mergeJson } from './merge.js'
import { Records } from './store.js'
import type { StoredRecord } from './store.js'

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
  /** A member that no two of them share. */
  readonly unique?: string
  /** The member that holds the list, if the answer is not an array. */
  readonly wrapper?: string
  /** Members that are written and not shown, with dots between the names. */
  readonly hidden?: readonly string[]
  /** What a new one has if the request does not say so. */
  readonly defaults?: Json
  /** The status of a new one. Default `ACTIVE`. */
  readonly initialStatus?: StoredRecord['status']
}

/** The event types of the changes of a collection. */
export type RecordEvents = Readonly<Record<'create' | 'update' | 'delete' | 'activate' | 'deactivate', string>>

const PAGE = { default: 200, max: 200 }
/** Okta writes these itself. */
const READ_ONLY = ['id', 'created', 'lastUpdated', 'createdBy', 'lastUpdatedBy', 'system', '_links', '_embedded']

/** The routes of a collection: those operations of the description that create, read, update, delete, activate or deactivate. */
export function routesOf (collection: Collection): Route[] {
  const { path } = collection
  const item = `${withoutNames(path)}/{}`
  return readDescription().operations.flatMap((operation) => {
    if (operation.isOutside) return []
    const known = withoutNames(operation.path)
    if (known === withoutNames(path)) return operation.method === 'GET' ? [listRoute(collection, operation)] : operation.method === 'POST' ? [createRoute(collection, operation)] : []
    if (known === item && operation.path.endsWith('}')) return [itemRoute(collection, operation)]
    const [, lifecycle] = known.startsWith(`${item}/lifecycle/`) ? /\/lifecycle\/(activate|deactivate)$/.exec(known) ?? [] : []
    return lifecycle === undefined ? [] : [lifecycleRoute(collection, operation, lifecycle as 'activate' | 'deactivate')]
  })
}

/** Makes a route of an operation of the description. */
export function toRoute (operation: Operation, answer: (kernel: Kernel, request: ApiRequest) => unknown): Route {
  const { method, path, scope = 'okta.orgs.manage', status = 200, body } = operation
  return {
    method,
    path,
    scope,
    status,
    read: (given) => body === undefined ? undefined : readBody(operation, given),
    answer: async (kernel, request) => {
      const answered = await answer(kernel, request)
      return status === 204 || status === 202 ? { status } : { status, body: answered }
    }
  }
}

function readBody ({ body }: Operation, given: unknown): Json {
  const json = readObject(given)
  const [issue] = body === undefined ? [] : validate(body, json)
  if (issue) throw invalid(issue.field, issue.cause)
  return json
}

function listRoute (collection: Collection, operation: Operation): Route {
  const { page = {} } = operation
  const max = page.max ?? PAGE.max
  // of some lists the description says -1: everything
  const limits = { default: Math.min(page.default === undefined || page.default < 1 ? max : page.default, max), max }
  return {
    ...toRoute(operation, () => undefined),
    page: limits,
    answer: async (kernel, request): Promise<ApiAnswer> => {
      const { query, url } = request
      const items = findRecords(kernel.store(Records).in(requireCollection(kernel, collection, request)), query)
      const found = paginate({ items, query, url, limits, orgUrl: kernel.orgUrl, positions: kernel.positions })
      const shown = found.items.map((record) => toRecordView(kernel, collection, record))
      const body = collection.wrapper === undefined ? shown : { [collection.wrapper]: shown, _links: { self: { href: new URL(url, kernel.orgUrl).href } } }
      return { status: 200, headers: { link: found.links }, body }
    }
  }
}

// `q` is the beginning of a name; a parameter with the name of a member asks for that value of it
function findRecords (records: StoredRecord[], { q, filter, limit, after, expand, ...members }: ApiRequest['query']): StoredRecord[] {
  const named = q === undefined ? records : records.filter(({ body }) => startsWith(body['name'] ?? body['label'], q))
  const asked = Object.entries(members).filter(([name]) => ['type', 'status', 'name', 'sourceId', 'targetId'].includes(name))
  const found = named.filter(({ body, status }) => asked.every(([name, value]) => ({ status, ...body })[name] === value))
  if (filter === undefined) return found
  return filterItems(found, filter, {
    ignoreCase: false,
    read: (record, path) => path.split('.').reduce<unknown>((inner, name) => isObject(inner) ? inner[name] : undefined, { ...record, ...record.body, id: record.key }),
    operatorsFor: (path) => path === 'constructor' ? undefined : ['eq', 'sw', 'gt', 'ge', 'lt', 'le']
  })
}

function startsWith (value: unknown, q: string): boolean {
  return typeof value === 'string' && value.toLowerCase().startsWith(q.toLowerCase())
}

function createRoute (collection: Collection, operation: Operation): Route {
  return toRoute(operation, (kernel, request) => {
    const body = written(collection, request.body as Json)
    const path = requireCollection(kernel, collection, request)
    rejectTaken(kernel, collection, path, body)
    const key = collection.key?.(body) ?? createId(collection.prefix)
    if (kernel.store(Records).find(path, String(key))) throw taken(collection.unique ?? 'name')
    const record = kernel.store(Records).create({
      collection: path, key: String(key), system: false, body: withPriority(kernel, path, operation, { ...collection.defaults, ...body }), status: statusIn(request.body as Json) ?? collection.initialStatus ?? 'ACTIVE'
    })
    announce(kernel, collection, 'create', record)
    return toRecordView(kernel, collection, record)
  })
}

// policies and rules have an order
function withPriority (kernel: Kernel, path: string, { body }: Operation, json: Json): Json {
  if (!path.startsWith('/policies') || body === undefined || json['priority'] !== undefined) return json
  return { ...json, priority: kernel.store(Records).in(path).filter((record) => record.body['type'] === json['type']).length + 1 }
}

function itemRoute (collection: Collection, operation: Operation): Route {
  const find = (kernel: Kernel, request: ApiRequest): StoredRecord =>
    kernel.store(Records).get(requireCollection(kernel, collection, request), keyOf(operation, request), collection.type)
  return toRoute(operation, (kernel, request) => {
    const record = find(kernel, request)
    if (operation.method === 'GET') return toRecordView(kernel, collection, record)
    if (operation.method === 'DELETE') return deleteRecord(kernel, collection, record)
    const sent = written(collection, request.body as Json)
    const body = operation.method === 'PUT' ? keepHidden(collection, record.body, sent) : mergeJson(record.body, sent)
    rejectTaken(kernel, collection, record.collection, body, record)
    const changed = kernel.store(Records).update(record, { body, status: statusIn(request.body as Json) ?? record.status })
    announce(kernel, collection, 'update', changed)
    return toRecordView(kernel, collection, changed)
  })
}

function deleteRecord (kernel: Kernel, collection: Collection, record: StoredRecord): void {
  if (record.system) throw new OktaApiError('E0000006', undefined, [`This ${collection.type} belongs to the org and cannot be deleted.`])
  kernel.store(Records).delete(record)
  announce(kernel, collection, 'delete', record)
}

function lifecycleRoute (collection: Collection, operation: Operation, verb: 'activate' | 'deactivate'): Route {
  return toRoute(operation, (kernel, request) => {
    const record = kernel.store(Records).get(requireCollection(kernel, collection, request), keyOf(operation, request), collection.type)
    const status = verb === 'activate' ? 'ACTIVE' : 'INACTIVE'
    if (record.status === status) return toRecordView(kernel, collection, record)
    const changed = kernel.store(Records).update(record, { status })
    announce(kernel, collection, verb, changed)
    return toRecordView(kernel, collection, changed)
  })
}

/** A record as the API shows it. */
export function toRecordView (kernel: Kernel, collection: Collection, record: StoredRecord): Json {
  const { shown, hasLifecycle } = answerOf(collection)
  const href = `${kernel.orgUrl}/api/v1${record.collection}/${encodeURIComponent(record.key)}`
  const verb = record.status === 'ACTIVE' ? 'deactivate' : 'activate'
  const added: Json = {
    id: record.key,
    created: record.created,
    lastUpdated: record.lastUpdated,
    status: record.status,
    system: record.system,
    _links: {
      self: { href, hints: { allow: ['GET', 'PUT', 'DELETE'] } },
      ...(hasLifecycle ? { [verb]: { href: `${href}/lifecycle/${verb}`, hints: { allow: ['POST'] } } } : {})
    }
  }
  const body = (collection.hidden ?? []).reduce((inner, name) => without(inner, name.split('.')), record.body)
  return { ...body, ...Object.fromEntries(Object.entries(added).filter(([name]) => shown.has(name))) }
}

interface RecordAnswer {
  /** The members that Okta adds. */
  readonly shown: ReadonlySet<string>
  readonly hasLifecycle: boolean
}

// by path: a list of thousands would look it up for each
const answers = new Map<string, RecordAnswer>()

function answerOf ({ path }: Collection): RecordAnswer {
  const known = answers.get(path)
  if (known) return known
  const item = `${withoutNames(path)}/{}`
  const { operations } = readDescription()
  const answer = {
    shown: new Set(operations.find((operation) => withoutNames(operation.path) === item && operation.method === 'GET')?.shown ?? []),
    hasLifecycle: operations.some((operation) => withoutNames(operation.path) === `${item}/lifecycle/activate`)
  }
  answers.set(path, answer)
  return answer
}

// the path of the collection with the ids of the request in it; what it belongs to must exist
function requireCollection (kernel: Kernel, { path }: Collection, { params }: ApiRequest): string {
  const parts = path.split('/').map((part) => part.startsWith('{') ? params[part.slice(1, -1)] ?? '' : part)
  const at = path.split('/').findLastIndex((part) => part.startsWith('{'))
  const [parent = '', key = ''] = at === -1 ? [] : [parts.slice(0, at).join('/'), parts[at]]
  if (at !== -1 && !kernel.store(Records).find(parent, key)) throw notFound(key, 'Resource')
  return parts.join('/')
}

function keyOf ({ path }: Operation, { params }: ApiRequest): string {
  const [, name = ''] = /\/\{(\w+)\}(\/lifecycle\/\w+)?$/.exec(path) ?? []
  return params[name] ?? ''
}

function written ({ path }: Collection, json: Json): Json {
  const ignored = new Set(['status', ...READ_ONLY])
  // a name that is `id` to a caller, as of a role permission, is part of the path
  return Object.fromEntries(Object.entries(json).filter(([name]) => !ignored.has(name) || (name === 'system' && path === '')))
}

function statusIn ({ status }: Json): StoredRecord['status'] | undefined {
  return status === 'ACTIVE' || status === 'INACTIVE' ? status : undefined
}

function rejectTaken (kernel: Kernel, { unique }: Collection, path: string, body: Json, self?: StoredRecord): void {
  if (unique === undefined || body[unique] === undefined) return
  const isTaken = kernel.store(Records).in(path).some((other) => other.id !== self?.id && other.body[unique] === body[unique] && other.body['type'] === body['type'])
  if (isTaken) throw taken(unique)
}

function taken (field: string): OktaApiError {
  return invalid(field, 'An object with this field already exists in the current organization')
}

// what is hidden stays if it is not sent: a caller who read the object cannot send it back
function keepHidden ({ hidden = [] }: Collection, before: Json, sent: Json): Json {
  return hidden.reduce((body, name) => {
    const path = name.split('.')
    const value = path.reduce<unknown>((inner, part) => isObject(inner) ? inner[part] : undefined, before)
    const parent = path.slice(0, -1).reduce<unknown>((inner, part) => isObject(inner) ? inner[part] : undefined, body)
    if (value === undefined || !isObject(parent) || Object.hasOwn(parent, path.at(-1) ?? '')) return body
    return mergeJson(body, path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as Json)
  }, sent)
}

function without (json: Json, [name = '', ...rest]: readonly string[]): Json {
  if (rest.length === 0) return Object.fromEntries(Object.entries(json).filter(([known]) => known !== name))
  const inner = json[name]
  return isObject(inner) ? { ...json, [name]: without(inner, rest) } : json
}

function announce (kernel: Kernel, { events, type }: Collection, verb: keyof RecordEvents, { key, body }: StoredRecord): void {
  const name = body['name'] ?? body['label'] ?? body['displayName']
  const displayName = typeof name === 'string' ? name : key
  kernel.log.announce(events[verb], { id: key, type, alternateId: 'unknown', displayName })
}
