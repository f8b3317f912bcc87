import type { Resource } from '../resource.js'
import { Messages } from './store.js'

/** The messages of the org. Not a part of Okta's API: the console shows them. */
export const messages: Resource = { stores: [Messages], routes: [], eventTypes: {} }
