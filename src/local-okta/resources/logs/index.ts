import type { Resource } from '../resource.js'
import { logRoute } from './routes.js'

/** The System Log. Its events are the kernel's own. */
export const logs: Resource = {
  stores: [],
  routes: [logRoute],
  eventTypes: {}
}
