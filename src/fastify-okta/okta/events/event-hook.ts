import { LRUCache } from 'lru-cache'
import { InvalidEventError } from '../../errors.js'
import type { Directory } from '../directory/directory.js'

/** What became of a delivery, in numbers. */
export interface ReceivedEvents {
  /** How many events were new. */
  readonly events: number
  /** How many users were evicted from memory. */
  readonly users: number
}

/** What events say has changed: ids of users, and of groups whose members have all changed. */
interface Changes {
  readonly userIds: Set<string>
  readonly groupIds: Set<string>
}

type Json = Readonly<Record<string, unknown>>

const EVENT_HOOK = 'com.okta.event_hook'
/** The types after which a user, or a user's groups, may be different. */
const USER_EVENTS = /^(?:group\.user_membership|user\.lifecycle|user\.account)\./
const GROUP_EVENTS = new Set(['group.lifecycle.delete', 'group.profile.update'])

/** Okta documents no maximum, and puts few events into one request; each is more than a kilobyte long. */
const MAX_EVENTS = 1000
/**
 * One event may have any number of targets, and to evict one user takes a message to the other replicas: 30 000 took 4.3 s,
 * in which nothing else was answered. From here on one message evicts all users.
 */
const MAX_CHANGES = 200
/** Okta repeats a delivery at most once, and soon. */
const KEEP_IDS_FOR_MS = 3_600_000
const MAX_KEPT_IDS = 10_000
/** Okta's are UUIDs. */
const MAX_ID_LENGTH = 64

/** What the event hook needs of a directory. */
type Evictions = Pick<Directory, 'invalidate' | 'invalidateGroups' | 'invalidateAll'>

/**
 * Receives what Okta delivers to an event hook, and evicts the users who have changed from the directory's cache, so that
 * their next requests read them again. A delivery or an event that came before is skipped: Okta delivers at least once, and
 * in no order.
 *
 * Does NOT check that the delivery is from Okta: compare the secret first. Does NOT call Okta: however many deliveries come,
 * users are only read for their own requests. Okta does not promise to deliver, so users must not be cached for longer than
 * is acceptable without events (`userCacheTtlMs`).
 */
export class EventHook {
  readonly #directory: Evictions | null
  readonly #seen = new LRUCache<string, true>({ max: MAX_KEPT_IDS, ttl: KEEP_IDS_FOR_MS })

  /** @param directory `null` if there is none: then nothing is evicted, and deliveries are checked all the same */
  constructor (directory: Evictions | null) {
    this.#directory = directory
  }

  /**
   * Receives the parsed body of a delivery. Events of unknown types, or without a target, are skipped. Once it returns,
   * the changed users are evicted; if more than 200 users and groups have changed, all users are.
   *
   * @throws {InvalidEventError} it is not a delivery of an event hook, or has more than 1000 events
   */
  receive (delivery: unknown): ReceivedEvents {
    const { eventId, events } = readDelivery(delivery)
    if (!this.#isNew('delivery', eventId)) return { events: 0, users: 0 }
    const fresh = events.filter(({ uuid }) => this.#isNew('event', uuid))
    return { events: fresh.length, users: this.#directory === null ? 0 : evict(this.#directory, collectChanges(fresh)) }
  }

  /** An id that is not a string, or is too long to be kept, is always new: to evict a user twice does no harm. */
  #isNew (kind: 'delivery' | 'event', id: unknown): boolean {
    if (typeof id !== 'string' || id.length > MAX_ID_LENGTH) return true
    const key = `${kind} ${id}`
    if (this.#seen.has(key)) return false
    this.#seen.set(key, true)
    return true
  }
}

/** Returns how many users were in memory. */
function evict (directory: Evictions, { userIds, groupIds }: Changes): number {
  if (userIds.size + groupIds.size > MAX_CHANGES) return directory.invalidateAll()
  let users = groupIds.size === 0 ? 0 : directory.invalidateGroups(groupIds)
  for (const userId of userIds) if (directory.invalidate(userId)) users++
  return users
}

function readDelivery (delivery: unknown): { eventId: unknown, events: Json[] } {
  if (!isObject(delivery) || delivery['eventType'] !== EVENT_HOOK) throw new InvalidEventError('not an event hook delivery')
  const { eventId, data } = delivery
  const events = isObject(data) ? data['events'] : undefined
  if (!Array.isArray(events)) throw new InvalidEventError('not an event hook delivery')
  if (events.length > MAX_EVENTS) throw new InvalidEventError('too many events in one delivery')
  return { eventId, events: events.filter(isObject) }
}

function collectChanges (events: readonly Json[]): Changes {
  const changes: Changes = { userIds: new Set(), groupIds: new Set() }
  for (const event of events) {
    const { eventType } = event
    if (typeof eventType !== 'string') continue
    if (USER_EVENTS.test(eventType)) addTargets(changes.userIds, event, 'User')
    else if (GROUP_EVENTS.has(eventType)) addTargets(changes.groupIds, event, 'UserGroup')
  }
  return changes
}

/** By type, not by position, which Okta does not promise. */
function addTargets (ids: Set<string>, { target }: Json, type: 'User' | 'UserGroup'): void {
  if (!Array.isArray(target)) return
  for (const item of target) if (isObject(item) && item['type'] === type && typeof item['id'] === 'string') ids.add(item['id'])
}

function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
