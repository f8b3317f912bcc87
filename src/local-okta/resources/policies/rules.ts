import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Groups } from '../groups/store.js'
import { Records } from '../records/store.js'
import type { StoredRecord } from '../records/store.js'
import type { User } from '../users/user.js'
import { matchesNetwork } from './zones.js'

/** Who signs in, and from where. */
export interface SignOnRequest {
  readonly user: User
  readonly ipAddress: string
}

/**
 * The `actions` of the first active rule whose conditions hold, of the first active policy that has one. Looks at people (users,
 * groups) and networks. Does NOT look at devices, platforms, risk and expressions: such conditions always hold.
 */
export function findActions (kernel: Kernel, policies: readonly StoredRecord[], request: SignOnRequest): Json | undefined {
  const groupIds = kernel.store(Groups).ofUser(request.user.id).map(({ id }) => id)
  const applies = ({ status, body }: StoredRecord): boolean => {
    const conditions = member(body, 'conditions')
    return status === 'ACTIVE' && isFor(member(conditions, 'people'), request.user.id, groupIds) &&
      matchesNetwork(kernel, member(conditions, 'network'), request.ipAddress)
  }
  for (const { key } of byPriority(policies.filter(applies))) {
    const rule = byPriority(kernel.store(Records).in(`/policies/${key}/rules`)).find(applies)
    if (rule) return member(rule.body, 'actions')
  }
  return undefined
}

/** The first active policy of a type that is for a user, or for one of these groups. */
export function findPolicy (kernel: Kernel, type: string, { userId, groupIds }: { readonly userId: string, readonly groupIds: readonly string[] }): StoredRecord | undefined {
  const policies = kernel.store(Records).in('/policies').filter(({ status, body }) => status === 'ACTIVE' && body['type'] === type)
  return byPriority(policies).find(({ body }) => isFor(member(member(body, 'conditions'), 'people'), userId, groupIds))
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

// Okta's own come last, whatever their priority is
function byPriority (records: readonly StoredRecord[]): StoredRecord[] {
  return records.toSorted((a, b) => Number(a.system) - Number(b.system) || Number(a.body['priority'] ?? 0) - Number(b.body['priority'] ?? 0))
}
