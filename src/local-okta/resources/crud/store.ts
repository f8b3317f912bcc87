import { notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import type { Changes, Entity, NewEntity } from '../../kernel/store.js'
import { Applications } from '../apps/store.js'
import { AuthorizationServers } from '../authorization-servers/store.js'
import { Groups } from '../groups/store.js'
import { Users } from '../users/store.js'

/** An object that is kept as it was written. */
export interface StoredRecord extends Entity {
  /** The path of its collection, such as `/policies/00p…/rules`. */
  readonly collection: string
  /** Its last part of the path: the id, or a name that serves as one. */
  readonly key: string
  /** `ACTIVE` or `INACTIVE`; a few collections have others. */
  readonly status: string
  readonly system: boolean
  readonly body: Json
  /** The path of the store whose object this is too, such as `/users`: it is deleted with that object. */
  readonly of?: string
}

/** Every object that no other store keeps, by the path of its collection. What is below one is deleted with it. */
export class Records extends Store<StoredRecord> {
  readonly #idsByCollection = new Map<string, Set<string>>()

  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(Users).onDelete(({ id }) => { this.#removeAllOf('/users', id) })
    kernel.store(Groups).onDelete(({ id }) => { this.#removeAllOf('/groups', id) })
    kernel.store(Applications).onDelete(({ id }) => { for (const path of ['/apps', '/oauth2/v1/clients']) this.#removeAllOf(path, id) })
    kernel.store(AuthorizationServers).onDelete(({ id }) => { this.#removeAllOf('/authorizationServers', id) })
  }

  /** The objects of one collection, in the order of creation. */
  in (collection: string): StoredRecord[] {
    return [...this.#idsByCollection.get(collection) ?? []].flatMap((id) => this.findById(id) ?? [])
  }

  find (collection: string, key: string): StoredRecord | undefined {
    return this.findById(idOf(collection, key))
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (collection: string, key: string, type: string): StoredRecord {
    const record = this.find(collection, key)
    if (!record) throw notFound(key, type)
    return record
  }

  create (fields: Omit<NewEntity<StoredRecord>, 'id'>): StoredRecord {
    const record = this.insert({ id: idOf(fields.collection, fields.key), ...fields })
    // cursors are keys, which callers know
    if (fields.key !== '') this.kernel.positions.add(fields.key)
    this.#index(record)
    return record
  }

  update ({ id }: StoredRecord, changes: Changes<StoredRecord>): StoredRecord {
    return this.change(id, changes)
  }

  delete (record: StoredRecord): void {
    this.#removeAllOf(record.collection, record.key)
    this.#removeOne(record)
  }

  override load (saved: unknown): void {
    super.load(saved)
    for (const record of this.all()) this.#index(record)
  }

  override clear (): void {
    super.clear()
    this.#idsByCollection.clear()
  }

  #index ({ id, collection }: StoredRecord): void {
    const ids = this.#idsByCollection.get(collection) ?? new Set()
    this.#idsByCollection.set(collection, ids.add(id))
  }

  #removeOne ({ id, collection }: StoredRecord): void {
    this.#idsByCollection.get(collection)?.delete(id)
    this.remove(id)
  }

  #removeBelow (prefix: string): void {
    const below = [...this.#idsByCollection.keys()].filter((collection) => collection.startsWith(prefix))
    for (const collection of below) for (const record of this.in(collection)) this.#removeOne(record)
  }

  // what hangs on an object of another store, and what is the same object under another path, such as a target
  #removeAllOf (path: string, id: string): void {
    this.#removeBelow(`${path}/${id}/`)
    for (const record of this.all()) if (record.key === id && record.of === path) this.delete(record)
  }
}

// names, and ids of other stores, are unique in their collection only
function idOf (collection: string, key: string): string {
  return `${collection}/${key}`
}
