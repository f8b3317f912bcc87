import type { Resource } from '../resource.js'
import { linkedObjectRoutes } from './routes.js'
import { LinkedObjectValues } from './store.js'

/** Who is whose manager, and so on. The definitions of the relationships are records. */
export const linkedObjects: Resource = {
  stores: [LinkedObjectValues],
  routes: linkedObjectRoutes,
  eventTypes: { 'user.linked_object.assign': 'Assign linked object value', 'user.linked_object.remove': 'Remove linked object value' }
}
