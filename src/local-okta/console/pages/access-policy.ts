import type { FastifyInstance } from 'fastify'
import { notFound } from '../../kernel/errors.js'
import { GRANT_TYPES } from '../../oauth/capabilities.js'
import type { Page } from '../../pages/html.js'
import { Applications } from '../../resources/apps/store.js'
import type { ServerPolicy, ServerRule } from '../../resources/authorization-servers/authorization-server.js'
import { ServerPolicies, ServerRules, ServerScopes } from '../../resources/authorization-servers/parts.js'
import { readRule } from '../../resources/authorization-servers/read.js'
import { rejectTaken } from '../../resources/authorization-servers/routes.js'
import { AuthorizationServers } from '../../resources/authorization-servers/store.js'
import { Groups } from '../../resources/groups/store.js'
import { actionButton, actionButtons, checkboxes, disclosure, facts, postForm, section, selectField, statusLabel, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { clientNames, POLICIES } from './access-policies.js'
import { SERVERS } from './authorization-servers.js'

/** A refresh needs no rule of its own: it stays with the grant that it began with. */
const RULE_GRANT_TYPES = GRANT_TYPES.filter((type) => type !== 'refresh_token')
const ANY_SCOPE = ['*', 'Any scopes'] as const
/** The lifetimes of a new rule, in minutes: Okta's defaults. */
const LIFETIMES = { accessToken: '60', refreshToken: '0', refreshTokenWindow: '10080' }

/** One access policy of an authorization server, and its rules. */
export function registerAccessPolicyPage (app: FastifyInstance, parts: ConsoleParts): void {
  const [policies, rules] = [parts.kernel.store(ServerPolicies), parts.kernel.store(ServerRules)]
  const show = (request: PageRequest): Page => policyPage(parts, request)
  const path = `${POLICIES}/:id`
  registerPage(app, path, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    policies.update(getPolicy(policies, id), { status: statusIn(form) })
    return after('status-changed', `${POLICIES}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    const policy = getPolicy(policies, id)
    policies.delete(policy)
    return after('policy-deleted', `${SERVERS}/${policy.serverId}`)
  }, show)
  registerAction(app, `${path}/rules`, async ({ id, form }) => {
    const others = rules.ofPolicy(getPolicy(policies, id).id)
    const { priority = others.length + 1, ...rule } = ruleIn(form)
    rejectTaken(others, rule.name)
    rules.create({ ...rule, priority, policyId: id, system: false })
    return after('rule-added', `${POLICIES}/${id}`)
  }, show)
  registerAction(app, `${path}/rules/status`, async ({ id, form }) => {
    rules.update(getRule(rules, id, form), { status: statusIn(form) })
    return after('status-changed', `${POLICIES}/${id}`)
  }, show)
  registerAction(app, `${path}/rules/delete`, async ({ id, form }) => {
    rules.delete(getRule(rules, id, form))
    return after('rule-deleted', `${POLICIES}/${id}`)
  }, show)
}

function getPolicy (policies: ServerPolicies, id: string): ServerPolicy {
  const policy = policies.findById(id)
  if (!policy) throw notFound(id, 'Policy')
  return policy
}

function getRule (rules: ServerRules, policyId: string, form: Form): ServerRule {
  const rule = rules.ofPolicy(policyId).find(({ id }) => id === form.text('rule'))
  if (!rule) throw notFound(form.text('rule'), 'PolicyRule')
  return rule
}

function statusIn (form: Form): 'ACTIVE' | 'INACTIVE' {
  return form.text('status') === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE'
}

/** The rule that a form describes, read as the API reads one. @throws {OktaApiError} 400 E0000001 */
function ruleIn (form: Form): ReturnType<typeof readRule> {
  const minutes = (name: string): number | undefined => form.text(name) === '' ? undefined : Number(form.text(name))
  return readRule({
    name: form.text('name'),
    conditions: {
      people: { groups: { include: [form.text('group')] } },
      grantTypes: { include: form.values('grantType') },
      scopes: { include: form.has('scope') ? form.values('scope') : [ANY_SCOPE[0]] }
    },
    actions: {
      token: {
        accessTokenLifetimeMinutes: minutes('accessToken'),
        refreshTokenLifetimeMinutes: minutes('refreshToken'),
        refreshTokenWindowMinutes: minutes('refreshTokenWindow')
      }
    }
  })
}

function policyPage (parts: ConsoleParts, request: PageRequest): Page {
  const { kernel } = parts
  const policy = getPolicy(kernel.store(ServerPolicies), request.id)
  const server = kernel.store(AuthorizationServers).findById(policy.serverId)
  const next = policy.status === 'ACTIVE' ? { label: 'Deactivate', to: 'INACTIVE' } : { label: 'Activate', to: 'ACTIVE' }
  const path = `${POLICIES}/${policy.id}`
  return createConsolePage({
    title: policy.name,
    section: SERVERS,
    message: request.message,
    content: [
      section('Access policy', facts([
        ['Authorization server', markup`<a href="${SERVERS}/${policy.serverId}">${server?.name ?? policy.serverId}</a>`],
        ['Assigned to', clientNames(kernel.store(Applications), policy.conditions.clients.include)],
        ['Status', statusLabel(policy.status)]
      ]), actionButtons([
        { action: `${path}/status`, label: next.label, fields: { status: next.to } }, { action: `${path}/delete`, label: 'Delete', look: 'danger' }
      ])),
      section('Rules', rulesTable(parts, policy),
        disclosure('Add Rule', request.message?.isError === true && request.form.has('group'), ruleForm(parts, policy, request.form)))
    ]
  })
}

function rulesTable ({ kernel }: ConsoleParts, { id }: ServerPolicy): Markup {
  const groups = kernel.store(Groups)
  const groupName = (groupId: string): string => groupId === 'EVERYONE' ? 'Any user' : groups.findById(groupId)?.profile.name ?? groupId
  const rows = kernel.store(ServerRules).ofPolicy(id).map((rule) => {
    const { conditions: { people, grantTypes, scopes }, actions: { token } } = rule
    const next = rule.status === 'ACTIVE' ? { label: 'Deactivate', to: 'INACTIVE' } : { label: 'Activate', to: 'ACTIVE' }
    return [
      rule.priority, rule.name, [...people.groups.include.map(groupName), ...people.users.include].join(', '), grantTypes.include.map(shortName).join(', '),
      scopes.include.includes('*') ? ANY_SCOPE[1] : scopes.include.join(', '), `${token.accessTokenLifetimeMinutes} min`, statusLabel(rule.status),
      markup`${actionButton({ action: `${POLICIES}/${id}/rules/status`, label: next.label, of: rule.name, fields: { rule: rule.id, status: next.to } })} ${
        actionButton({ action: `${POLICIES}/${id}/rules/delete`, label: 'Delete', of: rule.name, fields: { rule: rule.id }, look: 'danger' })}`
    ]
  })
  return table('Rules', ['Priority', 'Rule', 'User', 'Grant types', 'Scopes', 'Access token', 'Status', ''], rows, 'There are no rules, so that nobody gets a token by this policy.')
}

function ruleForm ({ kernel }: ConsoleParts, { id, serverId }: ServerPolicy, form: Form): Markup {
  const groups = kernel.store(Groups).all().map((group) => [group.id, `Members of ${group.profile.name}`] as const)
  const scopes = kernel.store(ServerScopes).ofServer(serverId).map(({ name }) => [name, name] as const)
  const valueOf = (name: keyof typeof LIFETIMES): string => form.has('group') ? form.text(name) : LIFETIMES[name]
  return postForm(`${POLICIES}/${id}/rules`, [
    textField({ name: 'name', label: 'Rule name', value: form.text('name'), isRequired: true }),
    checkboxes('grantType', 'Grant type', RULE_GRANT_TYPES.map((type) => [type, shortName(type)]), form.has('group') ? form.values('grantType') : ['authorization_code']),
    selectField('group', 'User is', [['EVERYONE', 'Any user'], ...groups], form.text('group')),
    checkboxes('scope', 'Scopes requested (none: any scopes)', scopes, form.values('scope')),
    textField({ name: 'accessToken', label: 'Access token lifetime in minutes', type: 'number', value: valueOf('accessToken'), hint: 'From 5 to 1440.' }),
    textField({ name: 'refreshToken', label: 'Refresh token lifetime in minutes', type: 'number', value: valueOf('refreshToken'), hint: '0 for no end.' }),
    textField({ name: 'refreshTokenWindow', label: 'Refresh token expires if unused for, in minutes', type: 'number', value: valueOf('refreshTokenWindow') })
  ], 'Create rule')
}

function shortName (grantType: string): string {
  return grantType.replace('urn:ietf:params:oauth:grant-type:', '')
}
