import type { Resource } from '../resource.js'
import { EventDeliveries } from './deliveries.js'
import { eventHookRoutes } from './routes.js'
import { EVENT_HOOK_EVENT_TYPES, EventHooks } from './store.js'

/** Where the org's events go. */
export const eventHooks: Resource = {
  stores: [EventHooks, EventDeliveries],
  routes: eventHookRoutes,
  eventTypes: EVENT_HOOK_EVENT_TYPES
}
