import { readPolicies, type AccessPolicy, type AccessRule } from '../../access-policies.js'
import { findPolicy, PROFILE_SCOPE, SIGN_IN_GRANT, SIGN_IN_SCOPES } from '../../doctor/policies.js'
import { POLICY_NAME, RULE_NAME } from '../names.js'
import { none, type Planner, type PlannedRequest, type Step } from '../step.js'

/** No app has this client id: for one that does not exist yet, only policies for all clients count. */
const NEW_APP = 'a new app'
const NEEDED_SCOPES = [...SIGN_IN_SCOPES, PROFILE_SCOPE]

/** An access policy for the app, and a rule of it, unless those of the authorization server allow all that the page needs. */
export const planPolicy: Planner = async ({ api, known: { serverId = '', appId = NEW_APP, groupId } }) => {
  const policies = await readPolicies(api, `/authorizationServers/${serverId}`)
  const effective = findPolicy(policies, appId)
  const fitting = effective?.rules.find((rule) => fits(rule, groupId))
  if (effective !== undefined && fitting !== undefined) {
    return [none('policy', `the access policy "${effective.name}" is for the app`), none('rule', `its rule "${fitting.name}" allows what the page requests`)]
  }
  const own = policies.find(({ name }) => name === POLICY_NAME)
  return own === undefined ? planNewPolicy() : planOwnPolicy(own, effective === own)
}

function planNewPolicy (): Step[] {
  return [
    { id: 'policy', action: 'create', what: `the access policy "${POLICY_NAME}", for the app`, requests: [{ method: 'POST', stores: 'policyId', build: (ids) => ({ path: `/authorizationServers/${ids.serverId}/policies`, body: policyFor(ids.appId) }) }] },
    { id: 'rule', action: 'create', what: ruleText(), requests: [createRule((ids) => ids.policyId)] }
  ]
}

function planOwnPolicy ({ id, rules }: AccessPolicy, isEffective: boolean): Step[] {
  const rule = rules.find(({ name }) => name === RULE_NAME)
  return [
    isEffective
      ? none('policy', `the access policy "${POLICY_NAME}" is for the app`)
      : { id: 'policy', action: 'update', what: `the access policy "${POLICY_NAME}": for the app, active and first`, requests: [{ method: 'PUT', build: (ids) => ({ path: `/authorizationServers/${ids.serverId}/policies/${id}`, body: policyFor(ids.appId) }) }] },
    rule !== undefined && fits(rule, undefined)
      ? none('rule', `its rule "${RULE_NAME}" allows what the page requests`)
      : rule === undefined
        ? { id: 'rule', action: 'create', what: ruleText(), requests: [createRule(() => id)] }
        : { id: 'rule', action: 'update', what: ruleText(), requests: [{ method: 'PUT', build: (ids) => ({ path: `/authorizationServers/${ids.serverId}/policies/${id}/rules/${rule.id}`, body: RULE }) }] }
  ]
}

function fits ({ isActive, grantTypes, scopes, groups }: AccessRule, groupId: string | undefined): boolean {
  return isActive && grantTypes.includes(SIGN_IN_GRANT) &&
    (scopes.includes('*') || NEEDED_SCOPES.every((scope) => scopes.includes(scope))) &&
    groups.some((id) => id === 'EVERYONE' || id === groupId)
}

function policyFor (appId: string) {
  return {
    type: 'OAUTH_AUTHORIZATION_POLICY',
    name: POLICY_NAME,
    description: 'Tokens for the greeting service',
    status: 'ACTIVE',
    priority: 1,
    conditions: { clients: { include: [appId] } }
  }
}

/** As the Admin Console makes it: for any user who is assigned to the app. */
const RULE = {
  type: 'RESOURCE_ACCESS',
  name: RULE_NAME,
  status: 'ACTIVE',
  priority: 1,
  conditions: {
    people: { users: { include: [], exclude: [] }, groups: { include: ['EVERYONE'], exclude: [] } },
    grantTypes: { include: [SIGN_IN_GRANT] },
    scopes: { include: ['*'] }
  },
  actions: { token: { accessTokenLifetimeMinutes: 60, refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 10_080 } }
}

function createRule (policyIdOf: (ids: { readonly policyId: string }) => string): PlannedRequest {
  return { method: 'POST', build: (ids) => ({ path: `/authorizationServers/${ids.serverId}/policies/${policyIdOf(ids)}/rules`, body: RULE }) }
}

function ruleText (): string {
  return `its rule "${RULE_NAME}": authorization code, any scope, tokens for an hour`
}
