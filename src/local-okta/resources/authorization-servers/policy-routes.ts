import { notFound } from '../../kernel/errors.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import type { ServerPolicy, ServerRule } from './authorization-server.js'
import { ServerPolicies, ServerRules } from './parts.js'
import { readPolicy, readRule } from './read.js'
import { rejectTaken, serverOf } from './routes.js'
import { AuthorizationServers } from './store.js'
import { toPolicyView, toRuleView } from './view.js'

const READ = 'okta.authorizationServers.read'
const MANAGE = 'okta.authorizationServers.manage'
const STORES = { servers: AuthorizationServers, policies: ServerPolicies, rules: ServerRules }
const POLICIES = '/authorizationServers/{authServerId}/policies'
const POLICY = `${POLICIES}/{policyId}`
const RULE = `${POLICY}/rules/{ruleId}`
const STATUSES = [['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const

type PolicyStores = Stores<typeof STORES>

const { route } = routesOn(STORES)

/** The access policies of the authorization servers, and their rules. */
export const policyRoutes: Route[] = [
  route({
    method: 'GET',
    path: POLICIES,
    scope: READ,
    answer: (stores, request) => stores.policies.ofServer(serverOf(stores, request).id).map((policy) => toPolicyView(stores.orgUrl, policy))
  }),
  route({
    method: 'POST',
    path: POLICIES,
    scope: MANAGE,
    status: 201,
    body: readPolicy,
    answer: (stores, request) => {
      const { id: serverId } = serverOf(stores, request)
      const others = stores.policies.ofServer(serverId)
      rejectTaken(others, request.body.name)
      const priority = request.body.priority ?? others.length + 1
      return toPolicyView(stores.orgUrl, stores.policies.create({ ...request.body, priority, serverId, system: false }))
    }
  }),
  route({ method: 'GET', path: POLICY, scope: READ, answer: (stores, request) => toPolicyView(stores.orgUrl, policyOf(stores, request)) }),
  route({
    method: 'PUT',
    path: POLICY,
    scope: MANAGE,
    body: readPolicy,
    answer: (stores, request) => {
      const policy = policyOf(stores, request)
      rejectTaken(stores.policies.ofServer(policy.serverId), request.body.name, policy.id)
      return toPolicyView(stores.orgUrl, stores.policies.update(policy, { ...request.body, priority: request.body.priority ?? policy.priority }))
    }
  }),
  route({ method: 'DELETE', path: POLICY, scope: MANAGE, status: 204, answer: (stores, request) => { stores.policies.delete(policyOf(stores, request)) } }),
  ...STATUSES.map(([operation, status]) => route({
    method: 'POST',
    path: `${POLICY}/lifecycle/${operation}`,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => { stores.policies.update(policyOf(stores, request), { status }) }
  })),
  route({
    method: 'GET',
    path: `${POLICY}/rules`,
    scope: READ,
    answer: (stores, request) => {
      const policy = policyOf(stores, request)
      return stores.rules.ofPolicy(policy.id).map((rule) => toRuleView(stores.orgUrl, policy, rule))
    }
  }),
  route({
    method: 'POST',
    path: `${POLICY}/rules`,
    scope: MANAGE,
    status: 201,
    body: readRule,
    answer: (stores, request) => {
      const policy = policyOf(stores, request)
      const others = stores.rules.ofPolicy(policy.id)
      rejectTaken(others, request.body.name)
      const priority = request.body.priority ?? others.length + 1
      return toRuleView(stores.orgUrl, policy, stores.rules.create({ ...request.body, priority, policyId: policy.id, system: false }))
    }
  }),
  route({ method: 'GET', path: RULE, scope: READ, answer: (stores, request) => toRuleView(stores.orgUrl, policyOf(stores, request), ruleOf(stores, request)) }),
  route({
    method: 'PUT',
    path: RULE,
    scope: MANAGE,
    body: readRule,
    answer: (stores, request) => {
      const [policy, rule] = [policyOf(stores, request), ruleOf(stores, request)]
      rejectTaken(stores.rules.ofPolicy(policy.id), request.body.name, rule.id)
      return toRuleView(stores.orgUrl, policy, stores.rules.update(rule, { ...request.body, priority: request.body.priority ?? rule.priority }))
    }
  }),
  route({ method: 'DELETE', path: RULE, scope: MANAGE, status: 204, answer: (stores, request) => { stores.rules.delete(ruleOf(stores, request)) } }),
  ...STATUSES.map(([operation, status]) => route({
    method: 'POST',
    path: `${RULE}/lifecycle/${operation}`,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => { stores.rules.update(ruleOf(stores, request), { status }) }
  }))
]

function policyOf (stores: PolicyStores, request: ApiRequest): ServerPolicy {
  const id = request.params['policyId'] ?? ''
  const policy = stores.policies.findById(id)
  if (policy?.serverId !== serverOf(stores, request).id) throw notFound(id, 'Policy')
  return policy
}

function ruleOf (stores: PolicyStores, request: ApiRequest): ServerRule {
  const id = request.params['ruleId'] ?? ''
  const rule = stores.rules.findById(id)
  if (rule?.policyId !== policyOf(stores, request).id) throw notFound(id, 'PolicyRule')
  return rule
}
