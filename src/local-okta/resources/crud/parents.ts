import { withoutNames } from '../../description/description.js'
import { notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Principal } from '../../kernel/principal.js'
import { Applications } from '../apps/store.js'
import { AuthorizationServers } from '../authorization-servers/store.js'
import { Groups } from '../groups/store.js'
import { Users } from '../users/store.js'
import { COLLECTIONS } from './collections.js'
import type { Collection, Params } from './definitions.js'
import { STANDARD_ROLES } from './standard-roles.js'
import { Records } from './store.js'
import type { StoredRecord } from './store.js'

/** What names the objects of a path in the stores beside the records: it gives the id, or undefined. */
interface Owner {
  readonly type: string
  readonly idOf: (kernel: Kernel, key: string, principal?: Principal) => string | undefined
}

const OWNERS: Readonly<Record<string, Owner>> = {
  '/users': { type: 'User', idOf: (kernel, key, principal) => kernel.store(Users).find(key === 'me' ? principal?.userId ?? key : key)?.id },
  '/groups': { type: 'UserGroup', idOf: (kernel, key) => kernel.store(Groups).findById(key)?.id },
  '/apps': { type: 'AppInstance', idOf: (kernel, key) => kernel.store(Applications).findById(key)?.id },
  '/oauth2/v1/clients': { type: 'OAuth2Client', idOf: (kernel, key) => kernel.store(Applications).findById(key)?.id },
  '/authorizationServers': { type: 'AuthorizationServer', idOf: (kernel, key) => kernel.store(AuthorizationServers).findById(key)?.id },
  '/meta/schemas/apps': { type: 'AppInstance', idOf: (kernel, key) => kernel.store(Applications).findById(key)?.id },
  '/roles': { type: 'Role', idOf: (_kernel, key) => Object.hasOwn(STANDARD_ROLES, key) ? key : undefined }
}

const COLLECTIONS_BY_PATH: ReadonlyMap<string, Collection> = new Map(COLLECTIONS.map((collection) => [withoutNames(collection.path), collection]))

/** The collection of a path, whatever the names of its parameters are. */
export function collectionAt (path: string): Collection | undefined {
  return COLLECTIONS_BY_PATH.get(withoutNames(path))
}

/** What names a path in a request. */
interface PathRequest {
  readonly params: Params
  readonly principal?: Principal
}

/**
 * A path of the description with the ids of a request in it: names and logins become ids. What each parameter names must
 * exist; a parameter below nothing that is known stays as it is.
 *
 * @throws {OktaApiError} 404 E0000007
 */
export function resolvePath (kernel: Kernel, template: string, request: PathRequest): string {
  let [path, known] = ['', '']
  for (const part of template.split('/').slice(1)) {
    const isParameter = part.startsWith('{')
    path += `/${isParameter ? resolveKey(kernel, { template: known, path }, request, part.slice(1, -1)) : part}`
    known += `/${isParameter ? '{}' : part}`
  }
  return path
}

/** The id of an object that another store keeps. @throws {OktaApiError} 404 E0000007 */
export function resolveOwner (kernel: Kernel, of: string, key: string, principal?: Principal): string {
  const id = findOwner(kernel, of, key, principal)
  if (id === undefined) throw notFound(key, OWNERS[of]?.type ?? 'Resource')
  return id
}

function findOwner (kernel: Kernel, of: string, key: string, principal?: Principal): string | undefined {
  const collection = COLLECTIONS_BY_PATH.get(of)
  return collection === undefined ? OWNERS[of]?.idOf(kernel, key, principal) : lookUp(kernel, collection, { params: {}, path: of }, key)?.key
}

function resolveKey (kernel: Kernel, { template, path }: { template: string, path: string }, { params, principal }: PathRequest, name: string): string {
  const key = params[name] ?? ''
  if (Object.hasOwn(OWNERS, template)) return resolveOwner(kernel, template, key, principal)
  const collection = COLLECTIONS_BY_PATH.get(template)
  return collection === undefined ? key : findRecord(kernel, collection, { params, path }, key).key
}

/** The objects of a collection. Those that exist from the start are made when they are first needed. */
export function recordsIn (kernel: Kernel, collection: Collection, request: { params: Params, path: string }): StoredRecord[] {
  const records = kernel.store(Records)
  const { initial, initialKey, initialStatus: status = 'ACTIVE', prefix } = collection
  const isMade = (key: string | undefined): boolean => key === undefined ? records.in(request.path).some(({ system }) => system) : records.find(request.path, key) !== undefined
  const missing = (initial?.({ kernel, ...request }) ?? []).map((body) => ({ body, key: initialKey?.(body) })).filter(({ key }) => !isMade(key))
  for (const { body, key = createId(prefix) } of missing) records.create({ collection: request.path, key, status, system: true, body })
  return records.in(request.path)
}

/** An object of a collection, by its id or its other name. @throws {OktaApiError} 404 E0000007 */
export function findRecord (kernel: Kernel, collection: Collection, request: { params: Params, path: string }, key: string): StoredRecord {
  const found = lookUp(kernel, collection, request, key)
  if (!found) throw notFound(key, collection.type)
  return found
}

/** True if a collection has an object with this id or other name. */
export function hasRecord (kernel: Kernel, collection: Collection, request: { params: Params, path: string }, key: string): boolean {
  return lookUp(kernel, collection, request, key) !== undefined
}

function lookUp (kernel: Kernel, collection: Collection, request: { params: Params, path: string }, name: string): StoredRecord | undefined {
  if (collection.initial !== undefined) recordsIn(kernel, collection, request)
  const { alias, of } = collection
  const key = of === undefined ? name : findOwner(kernel, of, name) ?? name
  return kernel.store(Records).find(request.path, key) ??
    (alias === undefined ? undefined : kernel.store(Records).in(request.path).find(({ body }) => alias(body) === key))
}
