import type { Collection } from './definitions.js'
import { FAMILIES } from './families/index.js'

/** The plain collections of the Management API: what they do is in `collection.ts`, what they are in Okta's description. */
export const COLLECTIONS: readonly Collection[] = FAMILIES.flatMap(({ collections = [] }) => collections)

/** The event types of all collections and settings, with their display messages. */
export const RECORD_EVENT_TYPES: Readonly<Record<string, string>> = Object.fromEntries([
  ...COLLECTIONS.flatMap(({ type, events }) => Object.entries(events).map(([verb, eventType]) => [eventType, `${verb[0]?.toUpperCase()}${verb.slice(1)} ${type}`])),
  ...FAMILIES.flatMap(({ singletons = [] }) => singletons.map(({ event }) => [event, `Update ${event.split('.').slice(0, -1).join(' ').replaceAll('_', ' ')}`]))
])
