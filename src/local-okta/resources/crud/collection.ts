import { operationsAt, withoutNames } from '../../description/description.js'
import type { Operation } from '../../description/description.js'
import { forbidden, invalid, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { readFlag } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { paginate } from '../../kernel/paging.js'
import type { ApiAnswer, ApiRequest, Route } from '../../kernel/route.js'
import type { Collection, RecordChange, RecordEvents } from './definitions.js'
import { mergeJson } from './merge.js'
import { toRoute } from './operation-route.js'
import { collectionAt, findRecord, hasRecord, recordsIn, resolveOwner, resolvePath } from './parents.js'
import { nextPriority } from './policy-defaults.js'
import { checkQuery, queryRecords } from './query.js'
import { hrefOf, keepHidden, toRecordView } from './record-view.js'
import { Records } from './store.js'
import type { StoredRecord } from './store.js'

const PAGE = { default: 200, max: 200 }
/** Okta writes these itself. */
const READ_ONLY = ['id', 'status', 'created', 'lastUpdated', 'createdBy', 'lastUpdatedBy', 'system', '_links', '_embedded']
const LIFECYCLE: Readonly<Record<string, RecordChange>> = { 'lifecycle/activate': { status: 'ACTIVE' }, 'lifecycle/deactivate': { status: 'INACTIVE' } }

/** The routes of a collection: those operations of the description that create, read, update, delete, activate or deactivate. */
export function routesOf (collection: Collection): Route[] {
  const { path, items = ['{}'], verbs, uploads = {} } = collection
  const item = `${path}/{}`
  return [
    ...operationsAt(path).flatMap((operation) => listOperation(collection, operation) ?? []),
    ...items.flatMap((below) => operationsAt(`${path}/${below}`).filter((operation) => operation.path.endsWith('}')).map((operation) => itemRoute(collection, operation))),
    ...Object.entries({ ...LIFECYCLE, ...verbs }).flatMap(([name, change]) =>
      operationsAt(`${item}/${name}`).filter(({ method }) => method !== 'GET').map((operation) => verbRoute(collection, operation, name, change))),
    ...Object.entries(uploads).flatMap(([name, member]) => operationsAt(`${item}/${name}`).map((operation) => uploadRoute(collection, operation, name, member)))
  ]
}

function listOperation (collection: Collection, operation: Operation): Route | undefined {
  switch (operation.method) {
    case 'GET': return listRoute(collection, operation)
    case 'POST': return createRoute(collection, operation)
    // PUT makes a role one for all targets, which has no targets of its own
    case 'DELETE':
    case 'PUT': return toRoute(operation, (kernel, request) => {
      for (const record of recordsIn(kernel, collection, placeOf(kernel, collection, request))) deleteRecord(kernel, collection, record)
    })
    case 'PATCH': return collection.addition === undefined ? undefined : additionRoute(collection, operation, collection.addition)
  }
}

// answers with what the collection belongs to
function additionRoute (collection: Collection, operation: Operation, read: (added: unknown) => Json): Route {
  return toRoute(operation, (kernel, request) => {
    const place = placeOf(kernel, collection, request)
    const { additions } = request.body as Json
    if (!Array.isArray(additions)) throw invalid('additions', 'The field cannot be left blank')
    for (const added of additions as unknown[]) createRecord(kernel, collection, place, read(added))
    const parent = collectionAt(collection.path.slice(0, collection.path.lastIndexOf('/{')))
    const at = place.path.lastIndexOf('/')
    const path = place.path.slice(0, at)
    const [parentPath, key] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
    return parent && toRecordView(kernel, parent, kernel.store(Records).get(parentPath, key, parent.type))
  })
}

// the file itself is not kept
function uploadRoute (collection: Collection, operation: Operation, name: string, member: string): Route {
  return toRoute(operation, (kernel, request) => {
    const record = findRecord(kernel, collection, placeOf(kernel, collection, request), keyOf(collection, operation, request))
    const url = operation.method === 'POST' ? `${hrefOf(kernel, record.collection)}/${record.key}/${name}` : null
    announce(kernel, collection, 'update', kernel.store(Records).update(record, { body: mergeJson(record.body, { [member]: url }) }))
    return { url }
  })
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
      checkQuery(operation, query)
      const records = queryRecords(recordsIn(kernel, collection, placeOf(kernel, collection, request)), query)
      const items = records.map((record) => ({ id: record.key, record }))
      const found = paginate({ items, query, url, limits, orgUrl: kernel.orgUrl, positions: kernel.positions })
      const shown = found.items.map(({ id, record }) => collection.listsIds ? id : toExpandedView(kernel, collection, record, request))
      const body = collection.wrapper === undefined ? shown : { [collection.wrapper]: shown, _links: { self: { href: new URL(url, kernel.orgUrl).href } } }
      return { status: 200, headers: { link: found.links }, body }
    }
  }
}

function createRoute (collection: Collection, operation: Operation): Route {
  const route = toRoute(operation, (kernel, request) => {
    const place = placeOf(kernel, collection, request)
    const sent = request.body as Json | undefined ?? {}
    const initial = readFlag(request.query, 'activate', true) ? sent : { ...sent, status: 'INACTIVE' }
    return toRecordView(kernel, collection, createRecord(kernel, collection, place, initial, keyIn(collection, sent)))
  })
  // of some the description says that there may be no body, and requires members of it
  return operation.body === undefined ? route : { ...route, read: (body) => route.read(body ?? {}) }
}

/** Adds a record to a collection. @throws {OktaApiError} 400 E0000001 for a name that is taken */
export function createRecord (kernel: Kernel, collection: Collection, place: Place, sent: Json = {}, wanted?: string): StoredRecord {
  const { of } = collection
  const written = withPriority(kernel, place.path, { ...collection.defaults, ...writable(sent) })
  rejectTaken(kernel, collection, place.path, written)
  const body = collection.make?.(written, { kernel, ...place, key: wanted }) ?? written
  const key = wanted === undefined ? createId(collection.prefix) : of === undefined ? wanted : resolveOwner(kernel, of, wanted)
  if (kernel.store(Records).find(place.path, key)) throw taken(collection)
  const status = statusIn(sent) ?? collection.initialStatus ?? 'ACTIVE'
  const goesWith = of ?? collection.goesWith?.(body)
  const record = kernel.store(Records).create({ collection: place.path, key, status, system: false, body, ...(goesWith === undefined ? {} : { of: goesWith }) })
  announce(kernel, collection, 'create', record)
  createChildren(kernel, collection, place, record, sent)
  return record
}

function createChildren (kernel: Kernel, { path, children }: Collection, { params }: Place, record: StoredRecord, sent: Json): void {
  for (const { collection: name, body } of children?.(sent) ?? []) {
    const below = collectionAt(`${path}/{}/${name}`)
    if (below) createRecord(kernel, below, { params, path: `${record.collection}/${record.key}/${name}` }, body, keyIn(below, body))
  }
}

function keyIn ({ key }: Collection, body: Json): string | undefined {
  const name = key?.(body)
  return name === undefined ? undefined : String(name)
}

// policies and rules have an order, in which Okta's own come last
function withPriority (kernel: Kernel, path: string, json: Json): Json {
  return !path.startsWith('/policies') || json['priority'] !== undefined ? json : { ...json, priority: nextPriority(kernel, path, json['type']) }
}

function itemRoute (collection: Collection, operation: Operation): Route {
  const { method } = operation
  return toRoute(operation, (kernel, request) => {
    const place = placeOf(kernel, collection, request)
    const key = keyOf(collection, operation, request)
    if (collection.createsAtItem === method && !hasRecord(kernel, collection, place, key)) {
      return toRecordView(kernel, collection, createRecord(kernel, collection, place, request.body as Json | undefined, key))
    }
    const record = findRecord(kernel, collection, place, key)
    if (method === 'GET') return toExpandedView(kernel, collection, record, request)
    if (method === 'DELETE') return deleteRecord(kernel, collection, record)
    return toRecordView(kernel, collection, updateRecord(kernel, collection, record, request.body as Json | undefined ?? {}, method === 'PUT'))
  })
}

function toExpandedView (kernel: Kernel, collection: Collection, record: StoredRecord, { params, query: { expand = '' } }: ApiRequest): Json {
  const view = toRecordView(kernel, collection, record)
  const embedded = expand.split(',').flatMap((name) => {
    const below = collection.below?.includes(name) ? collectionAt(`${collection.path}/{}/${name}`) : undefined
    const value = below === undefined
      ? collection.embed?.(kernel, record, name)
      : recordsIn(kernel, below, { params, path: `${record.collection}/${record.key}/${name}` }).map((inner) => toRecordView(kernel, below, inner))
    return value === undefined ? [] : [[name, value] as const]
  })
  return embedded.length === 0 ? view : { ...view, _embedded: Object.fromEntries(embedded) }
}

function updateRecord (kernel: Kernel, collection: Collection, record: StoredRecord, sent: Json, isFull: boolean): StoredRecord {
  const json = { ...writable(sent), ...Object.fromEntries((collection.immutable ?? []).map((name) => [name, record.body[name]])) }
  const written = isFull ? keepHidden(collection, record.body, { ...readOnlyOf(collection, record), ...json }) : mergeJson(record.body, json)
  const body = collection.makeChange?.(written, record, kernel) ?? written
  rejectTaken(kernel, collection, record.collection, body, record)
  const changed = kernel.store(Records).update(record, { body, status: statusIn(sent) ?? record.status })
  announce(kernel, collection, 'update', changed)
  return changed
}

// what Okta has made itself is not for a request to replace
function readOnlyOf ({ make, defaults = {} }: Collection, { body, system }: StoredRecord): Json {
  if (make !== undefined || system) return body
  return Object.fromEntries(Object.keys(defaults).filter((name) => Object.hasOwn(body, name)).map((name) => [name, body[name]]))
}

/** Deletes a record with what is below it. @throws {OktaApiError} 403 for one that the org needs */
export function deleteRecord (kernel: Kernel, collection: Collection, record: StoredRecord): void {
  collection.checkRemoval?.(kernel, record, 'delete')
  if (record.system) throw forbidden(`This ${collection.type} belongs to the org and cannot be deleted.`)
  if (collection.isDeletedInactive && record.status === 'ACTIVE') throw forbidden(`This ${collection.type} must be deactivated before it is deleted.`)
  kernel.store(Records).delete(record)
  announce(kernel, collection, 'delete', record)
}

function verbRoute (collection: Collection, operation: Operation, name: string, verb: RecordChange | ((record: StoredRecord, request: ApiRequest) => RecordChange)): Route {
  return toRoute(operation, (kernel, request) => {
    const record = findRecord(kernel, collection, placeOf(kernel, collection, request), keyOf(collection, operation, request))
    const { status = record.status, body } = typeof verb === 'function' ? verb(record, request) : verb
    if (status === 'INACTIVE') collection.checkRemoval?.(kernel, record, 'deactivate')
    if (status === record.status && body === undefined) return toRecordView(kernel, collection, record)
    const changed = kernel.store(Records).update(record, { status, ...(body === undefined ? {} : { body: mergeJson(record.body, body) }) })
    announce(kernel, collection, name === 'lifecycle/activate' ? 'activate' : name === 'lifecycle/deactivate' ? 'deactivate' : 'update', changed)
    return toRecordView(kernel, collection, changed)
  })
}

/** Where a request finds a collection. */
export interface Place {
  readonly params: ApiRequest['params']
  /** The path of the collection, with the ids of the request in it. */
  readonly path: string
}

// what the collection belongs to must exist
function placeOf (kernel: Kernel, { path }: Collection, { params, principal }: ApiRequest): Place {
  return { params, path: resolvePath(kernel, path, { params, principal }) }
}

// the parts of the path that stand for an item; two of them with a slash between
function keyOf ({ path, items = ['{}'] }: Collection, operation: Operation, { params }: ApiRequest): string {
  const parts = operation.path.split('/').slice(path.split('/').length)
  const length = items.some((item) => item === withoutNames(parts.join('/'))) ? parts.length : 1
  return parts.slice(0, length).map((part) => params[part.slice(1, -1)] ?? '').join('/')
}

function writable (json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([name]) => !READ_ONLY.includes(name)))
}

function statusIn ({ status }: Json): string | undefined {
  return status === 'ACTIVE' || status === 'INACTIVE' ? status : undefined
}

function rejectTaken (kernel: Kernel, collection: Collection, path: string, body: Json, self?: StoredRecord): void {
  const { unique } = collection
  if (unique === undefined || body[unique] === undefined) return
  const isTaken = kernel.store(Records).in(path).some((other) => other.id !== self?.id && other.body[unique] === body[unique] && other.body['type'] === body['type'])
  if (isTaken) throw taken(collection, unique)
}

function taken ({ unique, conflict }: Collection, field = unique ?? 'name'): OktaApiError {
  return conflict !== undefined ? new OktaApiError(conflict) : invalid(field, 'An object with this field already exists in the current organization')
}

/** Writes a change of a record to the System Log. */
export function announce (kernel: Kernel, { events, type }: Collection, verb: keyof RecordEvents, { key, body }: StoredRecord): void {
  const name = body['name'] ?? body['label'] ?? body['displayName']
  const displayName = typeof name === 'string' ? name : key
  kernel.log.announce(events[verb], { id: key, type, alternateId: 'unknown', displayName })
}
