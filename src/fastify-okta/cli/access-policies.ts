import { stringAt, stringsAt, valueAt } from './json.js'
import type { ManagementApi } from './management-api.js'

/** An access policy of an authorization server with its rules, in the order in which Okta evaluates them. */
export interface AccessPolicy {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly clients: readonly string[]
  readonly rules: readonly AccessRule[]
}

export interface AccessRule {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
  readonly users: readonly string[]
}

/** @param serverPath such as `/authorizationServers/default` */
export async function readPolicies (api: Pick<ManagementApi, 'readAll'>, serverPath: string): Promise<AccessPolicy[]> {
  const policies = (await api.readAll(`${serverPath}/policies`)).sort(byPriority)
  return await Promise.all(policies.map(async (policy) => {
    const rules = await api.readAll(`${serverPath}/policies/${stringAt(policy, 'id')}/rules`)
    return {
      id: stringAt(policy, 'id'),
      name: stringAt(policy, 'name'),
      isActive: stringAt(policy, 'status') === 'ACTIVE',
      clients: stringsAt(policy, 'conditions', 'clients', 'include'),
      rules: rules.sort(byPriority).map(toRule)
    }
  }))
}

function toRule (rule: unknown): AccessRule {
  return {
    id: stringAt(rule, 'id'),
    name: stringAt(rule, 'name'),
    isActive: stringAt(rule, 'status') === 'ACTIVE',
    grantTypes: stringsAt(rule, 'conditions', 'grantTypes', 'include'),
    scopes: stringsAt(rule, 'conditions', 'scopes', 'include'),
    groups: stringsAt(rule, 'conditions', 'people', 'groups', 'include'),
    users: stringsAt(rule, 'conditions', 'people', 'users', 'include')
  }
}

function byPriority (one: unknown, other: unknown): number {
  return Number(valueAt(one, 'priority') ?? 0) - Number(valueAt(other, 'priority') ?? 0)
}
