import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Resource } from '../resource.js'
import { routesOf } from './collection.js'
import { COLLECTIONS, INITIAL_RECORDS, RECORD_EVENT_TYPES } from './collections.js'
import { singletonRoutes } from './singleton.js'
import { SINGLETON_EVENT_TYPES, SINGLETONS } from './singletons.js'
import { Records } from './store.js'

/** What of the Management API is plain create, read, update and delete: served by Okta's description. */
export const records: Resource = {
  stores: [Records],
  routes: [...COLLECTIONS.flatMap(routesOf), ...SINGLETONS.flatMap(singletonRoutes)],
  eventTypes: { ...RECORD_EVENT_TYPES, ...SINGLETON_EVENT_TYPES },
  seed: seedRecords
}

function seedRecords (kernel: Kernel): void {
  for (const { path, prefix } of COLLECTIONS) {
    for (const body of INITIAL_RECORDS[path] ?? []) {
      kernel.store(Records).create({ collection: path, key: createId(prefix), status: 'ACTIVE', system: true, body })
    }
  }
}
