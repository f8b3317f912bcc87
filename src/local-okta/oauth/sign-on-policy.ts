import { isObject } from '../kernel/json.js'
import type { Json } from '../kernel/json.js'
import type { Kernel } from '../kernel/kernel.js'
import { Groups } from '../resources/groups/store.js'
import { Records } from '../resources/records/store.js'
import type { StoredRecord } from '../resources/records/store.js'
import type { User } from '../resources/users/user.js'

/**
 * True if the org's sign-on policies (`OKTA_SIGN_ON`) require a second factor of the user: by the first active rule, of the
 * first active policy, that is for one of the user's groups or for everybody. Does NOT look at networks, devices or risk.
 */
export function requiresFactor (kernel: Kernel, user: User): boolean {
  const records = kernel.store(Records)
  const groupIds = kernel.store(Groups).ofUser(user.id).map(({ id }) => id)
  const applies = (record: StoredRecord): boolean => record.status === 'ACTIVE' && isFor(record.body, groupIds)
  const policies = byPriority(records.in('/policies').filter((policy) => policy.body['type'] === 'OKTA_SIGN_ON' && applies(policy)))
  for (const { key } of policies) {
    const rule = byPriority(records.in(`/policies/${key}/rules`)).find(applies)
    if (rule) return member(member(rule.body, 'actions'), 'signon')['requireFactor'] === true
  }
  return false
}

function isFor (body: Json, groupIds: readonly string[]): boolean {
  const { include } = member(member(member(body, 'conditions'), 'people'), 'groups')
  return !Array.isArray(include) || include.length === 0 || include.some((id) => groupIds.includes(String(id)))
}

function byPriority (records: readonly StoredRecord[]): StoredRecord[] {
  return records.toSorted((a, b) => Number(a.body['priority'] ?? 0) - Number(b.body['priority'] ?? 0))
}

// records are kept as they were written
function member (json: Json, name: string): Json {
  const value = json[name]
  return isObject(value) ? value : {}
}
