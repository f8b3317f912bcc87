import type { Resource } from '../resource.js'
import { ssfRoutes } from './routes.js'
import { SSF_EVENT_TYPES, SsfStreams } from './store.js'
import { SsfTransmitter } from './transmitter.js'

/** Shared signals: the streams, and what is transmitted. */
export const ssf: Resource = {
  stores: [SsfStreams, SsfTransmitter],
  routes: ssfRoutes,
  eventTypes: SSF_EVENT_TYPES
}
