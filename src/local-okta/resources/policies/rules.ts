import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Groups } from '../groups/store.js'
import { Records } from '../crud/store.js'
import type { StoredRecord } from '../crud/store.js'
import type { User } from '../users/user.js'
import { matchesNetwork } from './zones.js'

/** Who signs in, and from where. */
export interface SignOnRequest {
  readonly user: User
  readonly ipAddress: string
}

/** What the conditions of policies and rules are compared with. */
export interface PolicyContext {
  readonly userId: string
  readonly groupIds: readonly string[]
  readonly ipAddress: string
  /** Zones that the client is in, whatever its address is. */
  readonly zoneIds?: readonly string[]
}

/** The conditions of a policy or a rule that are compared, and whether they hold. */
interface ComparedConditions {
  readonly people: boolean
  readonly network: boolean
}

/** A rule that decides, and its policy. */
export interface DecidingRule {
  readonly policy: StoredRecord
  readonly rule: StoredRecord
}

/**
 * The first active rule whose conditions hold, of the first active policy that has one. Looks at people (users, groups) and
 * networks. Does NOT look at devices, platforms, risk and expressions: such conditions always hold.
 */
export function findRule (kernel: Kernel, policies: readonly StoredRecord[], { user, ipAddress }: SignOnRequest): DecidingRule | undefined {
  const context = { userId: user.id, groupIds: kernel.store(Groups).ofUser(user.id).map(({ id }) => id), ipAddress }
  const applies = (record: StoredRecord): boolean => {
    const { people, network } = compareConditions(kernel, record, context)
    return people && network
  }
  for (const policy of activeByPriority(policies).filter(applies)) {
    const rule = rulesOf(kernel, policy).find(applies)
    if (rule) return { policy, rule }
  }
  return undefined
}

/** What the rule that decides says of one action, such as `signon`. Empty without a rule. */
export function actionOf (decided: DecidingRule | undefined, name: string): Json {
  return decided ? member(member(decided.rule.body, 'actions'), name) : {}
}

/** Compares the conditions of a policy or a rule; see {@link findRule} for those that it does not. */
export function compareConditions (kernel: Kernel, { body }: StoredRecord, context: PolicyContext): ComparedConditions {
  const conditions = member(body, 'conditions')
  return {
    people: isFor(member(conditions, 'people'), context.userId, context.groupIds),
    network: matchesNetwork(kernel, member(conditions, 'network'), context)
  }
}

/** The active rules of a policy, in the order in which they count. */
export function rulesOf (kernel: Kernel, { key }: StoredRecord): StoredRecord[] {
  return activeByPriority(kernel.store(Records).in(`/policies/${key}/rules`))
}

/** The first active policy of a type that is for a user, or for one of these groups. */
export function findPolicy (kernel: Kernel, type: string, { userId, groupIds }: { readonly userId: string, readonly groupIds: readonly string[] }): StoredRecord | undefined {
  return policiesOf(kernel, type).find(({ body }) => isFor(member(member(body, 'conditions'), 'people'), userId, groupIds))
}

/** The active policies of a type, in the order in which they count. */
export function policiesOf (kernel: Kernel, type: string): StoredRecord[] {
  return activeByPriority(kernel.store(Records).in('/policies').filter(({ body }) => body['type'] === type))
}

/** A member that is an object; records are kept as they were written, so that it may be anything. */
export function member (json: Json, name: string): Json {
  const value = json[name]
  return isObject(value) ? value : {}
}

function isFor (people: Json, userId: string, groupIds: readonly string[]): boolean {
  const [users, groups] = [member(people, 'users'), member(people, 'groups')]
  if (includesAny(users['exclude'], [userId]) || includesAny(groups['exclude'], groupIds)) return false
  const isForAll = isEmpty(users['include']) && isEmpty(groups['include'])
  return isForAll || includesAny(users['include'], [userId]) || includesAny(groups['include'], groupIds)
}

function isEmpty (ids: unknown): boolean {
  return !Array.isArray(ids) || ids.length === 0
}

function includesAny (included: unknown, ids: readonly string[]): boolean {
  return Array.isArray(included) && ids.some((id) => included.includes(id))
}

/** Those that are active, in the order in which they count: Okta's own come last, whatever their priority is. */
function activeByPriority (records: readonly StoredRecord[]): StoredRecord[] {
  return records.filter(({ status }) => status === 'ACTIVE')
    .sort((a, b) => Number(a.system) - Number(b.system) || Number(a.body['priority'] ?? 0) - Number(b.body['priority'] ?? 0))
}
