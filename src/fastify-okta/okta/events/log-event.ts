import { setImmediate } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../../oauth/json-object.js'
import type { OktaOrg } from './okta-org.js'
import { createReceivedMessage, type MessageEffect, type MessageSource, type ReceivedMessage } from './received-message.js'

/** An event of the System Log, as event hooks deliver it and the log itself has it, as far as it matters here. */
interface LogEvent {
  readonly type: string
  /** When it was published; now, if it does not say when in a form that can be read. */
  readonly published: Date
  /** The targets, by type and not by position, which Okta does not promise; never the actor. Empty if the outcome is a failure. */
  readonly userIds: readonly string[]
  readonly groupIds: readonly string[]
}

/** The types after which what a user was given before must not be accepted any more. */
const REVOKING_TYPES = [
  'user.lifecycle.suspend', 'user.lifecycle.deactivate', 'user.lifecycle.delete.initiated', 'user.session.clear',
  'user.authentication.universal_logout'
] as const
/** The types after which a user, or a user's groups, may be different. */
const USER_EVENTS = /^(?:group\.user_membership|user\.lifecycle|user\.account)\./
/** The types after which all members of a group may be different. */
const GROUP_TYPES: readonly string[] = ['group.lifecycle.delete', 'group.profile.update']
/** What the System Log is asked for: all of the above. SCIM, as okta-facts-2026 section 5 has it. */
export const LOG_FILTER = [
  'eventType sw "group.user_membership."', 'eventType sw "user.lifecycle."', 'eventType sw "user.account."',
  ...[...GROUP_TYPES, ...REVOKING_TYPES.filter((type) => !USER_EVENTS.test(type))].map((type) => `eventType eq "${type}"`)
].join(' or ')

/**
 * One event may have any number of targets, and to evict one user takes a message to the other replicas: 30 000 took 4.3 s,
 * in which nothing else was answered. From here on one message evicts all users.
 */
const MAX_EVICTIONS = 200
/** How many watermarks are raised at once: each may be a call of a store. */
const MAX_RAISED_AT_ONCE = 100

/**
 * Does what events of the System Log call for: raises the watermarks of users who were signed out, suspended, deactivated or
 * deleted, and evicts users and members of groups that have changed. Of any other type, or with a failure as their outcome
 * (except `user.account.lock`), they have no effect. The events may come in any order.
 */
export async function applyLogEvents (events: readonly JsonObject[], org: OktaOrg, source: MessageSource): Promise<ReceivedMessage[]> {
  const read = events.map(readLogEvent)
  evict(read.filter(({ type }) => !isRevoking(type)), org)
  const revoked = await revoke(read.filter(({ type }) => isRevoking(type)), org)
  return read.map((event) => createReceivedMessage({ source, type: event.type, effect: effectOf(event, revoked), uids: event.userIds, at: event.published }))
}

function effectOf ({ type, userIds, groupIds }: LogEvent, revoked: ReadonlySet<string>): MessageEffect {
  if (isRevoking(type) && userIds.some((userId) => revoked.has(userId))) return 'revoked'
  return (isRevoking(type) || isEvicting(type)) && userIds.length + groupIds.length > 0 ? 'evicted' : 'none'
}

function evict (events: readonly LogEvent[], { revocations }: OktaOrg): void {
  const userIds = new Set(events.filter(({ type }) => USER_EVENTS.test(type)).flatMap((event) => event.userIds))
  const groupIds = new Set(events.filter(({ type }) => GROUP_TYPES.includes(type)).flatMap((event) => event.groupIds))
  if (userIds.size + groupIds.size > MAX_EVICTIONS) {
    revocations.evictAll()
    return
  }
  if (groupIds.size > 0) revocations.evictGroups(groupIds)
  for (const userId of userIds) revocations.evict(userId)
}

/** Returns the users whose watermark has moved: that of others was as late already, or no token is as old. */
async function revoke (events: readonly LogEvent[], { revocations }: OktaOrg): Promise<ReadonlySet<string>> {
  const revoked = new Set<string>()
  const latest = new Map<string, Date>()
  for (const { userIds, published } of events) {
    for (const userId of userIds) if (published > (latest.get(userId) ?? 0)) latest.set(userId, published)
  }
  const raises = [...latest]
  for (let i = 0; i < raises.length; i += MAX_RAISED_AT_ONCE) {
    await Promise.all(raises.slice(i, i + MAX_RAISED_AT_ONCE).map(async ([uid, at]) => {
      const { isRaised } = await revocations.raise({ uid }, at)
      if (isRaised) revoked.add(uid)
    }))
    // So that requests are answered in between.
    await setImmediate()
  }
  return revoked
}

export function isRevoking (type: string): boolean {
  return (REVOKING_TYPES as readonly string[]).includes(type)
}

function isEvicting (type: string): boolean {
  return USER_EVENTS.test(type) || GROUP_TYPES.includes(type)
}

function readLogEvent ({ eventType, published, outcome, target }: JsonObject): LogEvent {
  const at = typeof published === 'string' ? new Date(published) : new Date(NaN)
  const type = typeof eventType === 'string' ? eventType : ''
  // That an account is locked is a failure in Okta's words (the suspicious activity report of its help), and a change of the user.
  const hasFailed = isJsonObject(outcome) && outcome['result'] === 'FAILURE' && type !== 'user.account.lock'
  return {
    type,
    published: Number.isNaN(at.getTime()) ? new Date() : at,
    userIds: hasFailed ? [] : targetsOf(target, 'User'),
    groupIds: hasFailed ? [] : targetsOf(target, 'UserGroup')
  }
}

/** Okta's ids have 20 characters. What has another form is not one, and does not get into the log. */
const ID = /^[0-9A-Za-z_-]{1,64}$/

function targetsOf (target: unknown, type: 'User' | 'UserGroup'): string[] {
  if (!Array.isArray(target)) return []
  return target.filter(isJsonObject).filter((item) => item['type'] === type).map(({ id }) => id).filter(isId)
}

function isId (id: unknown): id is string {
  return typeof id === 'string' && ID.test(id)
}
