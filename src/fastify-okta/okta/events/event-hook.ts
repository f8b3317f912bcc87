import { LRUCache } from 'lru-cache'
import { InvalidEventError } from '../../errors.js'
import type { Directory } from '../directory/directory.js'

/** What became of a delivery, in numbers. */
export interface ReceivedEvents {
  /** How many events were new. */
  readonly events: number
  /** How many users were forgotten that were in memory. */
  readonly users: number
}

/** What an event may say has changed: ids of users, and of groups all of whose members have changed with it. */
interface Changes {
  readonly userIds: Set<string>
  readonly groupIds: Set<string>
}

type Json = Readonly<Record<string, unknown>>

const EVENT_HOOK = 'com.okta.event_hook'
/** Of the types that Okta sends to event hooks, those after which a user, or a user's groups, may be others than before. */
const OF_USERS = /^(?:group\.user_membership|user\.lifecycle|user\.account)\./
const OF_GROUPS = new Set(['group.lifecycle.delete', 'group.profile.update'])

/** Okta names no maximum, and shares one request among few events; each is more than a kilobyte long. */
const MAX_EVENTS = 1000
/** Okta repeats a delivery at most once, and soon. */
const REMEMBERED_FOR_MS = 3_600_000
const MAX_REMEMBERED = 10_000
/** Okta's are UUIDs. */
const MAX_ID_LENGTH = 64

/**
 * Takes what Okta delivers to an event hook, and has the directory forget the users who have changed, so that their next
 * requests read them afresh. A delivery or an event that came before is passed over: Okta delivers at least once, and in
 * no order.
 *
 * Does NOT tell whether it is Okta that delivers: look at the secret first. Does NOT ask Okta anything: however many
 * deliveries come, users are only read for requests of theirs. Okta does its best to deliver and promises nothing, so
 * that users must not be kept for longer than one can bear without events (`userCacheTtlMs`).
 */
export class EventHook {
  readonly #directory: Pick<Directory, 'invalidate' | 'invalidateGroups'> | null
  readonly #seen = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REMEMBERED_FOR_MS })

  /** @param directory `null` where there is none: then there is nothing to forget, and deliveries are checked all the same */
  constructor (directory: Pick<Directory, 'invalidate' | 'invalidateGroups'> | null) {
    this.#directory = directory
  }

  /**
   * Receives the body of a delivery, parsed. Events of types that are not known, or that do not say whom they are about,
   * are passed over. Once it returns, what changed is forgotten.
   *
   * @throws {InvalidEventError} it is no delivery of an event hook, or has more than 1000 events
   */
  receive (delivery: unknown): ReceivedEvents {
    const { eventId, events } = readDelivery(delivery)
    if (!this.#isNew('delivery', eventId)) return { events: 0, users: 0 }
    const fresh = events.filter(({ uuid }) => this.#isNew('event', uuid))
    return { events: fresh.length, users: this.#forget(changesIn(fresh)) }
  }

  /** An id that is none, or is too long to be remembered, is always new: to forget a user twice does no harm. */
  #isNew (kind: 'delivery' | 'event', id: unknown): boolean {
    if (typeof id !== 'string' || id.length > MAX_ID_LENGTH) return true
    const key = `${kind} ${id}`
    if (this.#seen.has(key)) return false
    this.#seen.set(key, true)
    return true
  }

  #forget ({ userIds, groupIds }: Changes): number {
    if (this.#directory === null) return 0
    let users = groupIds.size === 0 ? 0 : this.#directory.invalidateGroups(groupIds)
    for (const userId of userIds) if (this.#directory.invalidate(userId)) users++
    return users
  }
}

function readDelivery (delivery: unknown): { eventId: unknown, events: Json[] } {
  if (!isObject(delivery) || delivery['eventType'] !== EVENT_HOOK) throw new InvalidEventError('this is no delivery of an event hook')
  const { eventId, data } = delivery
  const events = isObject(data) ? data['events'] : undefined
  if (!Array.isArray(events)) throw new InvalidEventError('this is no delivery of an event hook')
  if (events.length > MAX_EVENTS) throw new InvalidEventError('these are too many events at once')
  return { eventId, events: events.filter(isObject) }
}

function changesIn (events: readonly Json[]): Changes {
  const changes: Changes = { userIds: new Set(), groupIds: new Set() }
  for (const event of events) {
    const { eventType } = event
    if (typeof eventType !== 'string') continue
    if (OF_USERS.test(eventType)) addTargets(changes.userIds, event, 'User')
    else if (OF_GROUPS.has(eventType)) addTargets(changes.groupIds, event, 'UserGroup')
  }
  return changes
}

/** By their type, not by their place, which Okta does not promise. */
function addTargets (ids: Set<string>, { target }: Json, type: 'User' | 'UserGroup'): void {
  if (!Array.isArray(target)) return
  for (const item of target) if (isObject(item) && item['type'] === type && typeof item['id'] === 'string') ids.add(item['id'])
}

function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
