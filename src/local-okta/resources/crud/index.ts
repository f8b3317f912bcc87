import type { Resource } from '../resource.js'
import { routesOf } from './collection.js'
import { COLLECTIONS, RECORD_EVENT_TYPES } from './collections.js'
import { FAMILIES } from './families/index.js'
import { fixedRoutes, singletonRoutes } from './singleton.js'
import { Records } from './store.js'

/** What of the Management API is plain create, read, update and delete: served by Okta's description. */
export const crud: Resource = {
  stores: [Records],
  routes: [
    ...COLLECTIONS.flatMap(routesOf),
    ...FAMILIES.flatMap(({ singletons = [], fixed = [] }) => [...singletons.flatMap(singletonRoutes), ...fixed.flatMap(fixedRoutes)])
  ],
  eventTypes: RECORD_EVENT_TYPES
}
