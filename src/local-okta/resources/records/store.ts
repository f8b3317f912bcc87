import { notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { Store } from '../../kernel/store.js'
import type { Changes, Entity, NewEntity } from '../../kernel/store.js'

/** An object that is kept as it was written. */
export interface StoredRecord extends Entity {
  /** The path of its collection, such as `/policies/00p…/rules`. */
  readonly collection: string
  /** Its last part of the path: the id, or a name that serves as one. */
  readonly key: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly system: boolean
  readonly body: Json
}

/** Every object that no other store keeps, by the path of its collection. What is below one is deleted with it. */
export class Records extends Store<StoredRecord> {
  /** The objects of one collection, in the order of creation. */
  in (collection: string): StoredRecord[] {
    return this.all().filter((record) => record.collection === collection)
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
    return this.insert({ id: idOf(fields.collection, fields.key), ...fields })
  }

  update ({ id }: StoredRecord, changes: Changes<StoredRecord>): StoredRecord {
    return this.change(id, changes)
  }

  delete ({ id, collection, key }: StoredRecord): void {
    const below = `${collection}/${key}/`
    for (const record of this.all()) if (record.collection.startsWith(below)) this.remove(record.id)
    this.remove(id)
  }
}

// ids are unique in the org, names in their collection only
function idOf (collection: string, key: string): string {
  return /^[0-9a-zA-Z]{20}$/.test(key) ? key : `${collection}/${key}`
}
