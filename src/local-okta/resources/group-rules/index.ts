import { invalid } from '../../kernel/errors.js'
import { readFlag, readMember, readObject, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { OktaExpressionError, parseOktaExpression } from '../../kernel/okta-expression.js'
import type { Query } from '../../kernel/paging.js'
import { routesOn } from '../../kernel/route.js'
import { Groups } from '../groups/store.js'
import type { Resource } from '../resource.js'
import { GroupRules } from './store.js'
import type { GroupRule, NewGroupRule } from './store.js'

const READ = 'okta.groups.read'
const MANAGE = 'okta.groups.manage'
const MAX_NAME_LENGTH = 50
const EXPRESSION_TYPE = 'urn:okta:expression:1.0'

const { route, list } = routesOn({ rules: GroupRules, groups: Groups })

/** `/groups/rules`: rules that add users to groups. */
export const groupRules: Resource = {
  stores: [GroupRules],
  eventTypes: {
    'group.rule.create': 'Create group rule',
    'group.rule.update': 'Update group rule',
    'group.rule.delete': 'Delete group rule',
    'group.rule.activate': 'Activate group rule',
    'group.rule.deactivate': 'Deactivate group rule',
    'group.user_membership.rule.add_exclusion': 'Exclude user from group rule'
  },
  routes: [
    list({
      path: '/groups/rules',
      scope: READ,
      page: { default: 50, max: 200 },
      items: ({ rules }, { query: { search = '' } }) => rules.all().filter(({ name }) => name.toLowerCase().includes(search.toLowerCase())),
      view: ({ groups }, rule, { query }) => toExpandedView(groups, rule, query)
    }),
    route({
      method: 'POST',
      path: '/groups/rules',
      scope: MANAGE,
      body: readRule,
      answer: ({ rules, groups }, { body }) => {
        check(groups, rules, body)
        return toRuleView(rules.create(body))
      }
    }),
    route({ method: 'GET', path: '/groups/rules/{groupRuleId}', scope: READ, answer: ({ rules, groups }, { params, query }) => toExpandedView(groups, rules.get(params['groupRuleId'] ?? ''), query) }),
    route({
      method: 'PUT',
      path: '/groups/rules/{groupRuleId}',
      scope: MANAGE,
      body: readRule,
      answer: ({ rules, groups }, { body, params }) => {
        const rule = rules.get(params['groupRuleId'] ?? '')
        if (rule.status === 'ACTIVE') throw invalid('status', 'An active rule cannot be changed. Deactivate it first.')
        check(groups, rules, body, rule.id)
        return toRuleView(rules.replace(rule, body))
      }
    }),
    route({
      method: 'DELETE',
      path: '/groups/rules/{groupRuleId}',
      scope: MANAGE,
      status: 202,
      answer: ({ rules }, { params, query }) => { rules.delete(rules.get(params['groupRuleId'] ?? ''), { removeUsers: readFlag(query, 'removeUsers', false) }) }
    }),
    ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
      method: 'POST',
      path: `/groups/rules/{groupRuleId}/lifecycle/${operation}`,
      scope: MANAGE,
      status: 204,
      answer: ({ rules }, { params }) => { rules.setStatus(rules.get(params['groupRuleId'] ?? ''), status) }
    }))
  ]
}

function readRule (body: unknown): NewGroupRule {
  const json = readObject(body)
  const name = readText(json, 'name')
  if (name.length > MAX_NAME_LENGTH) throw invalid('name', 'The field is too long')
  if (json['type'] !== undefined && json['type'] !== 'group_rule') throw invalid('type', 'must be group_rule')
  const conditions = readMember(json, 'conditions')
  const expression = readText(readMember(conditions, 'expression'), 'value')
  try {
    parseOktaExpression(expression)
  } catch (error) {
    if (error instanceof OktaExpressionError) throw invalid('conditions.expression', `Invalid expression: ${error.message}`)
    throw error
  }
  const groupIds = readTexts(readMember(readMember(json, 'actions'), 'assignUserToGroups'), 'groupIds')
  if (groupIds.length === 0) throw invalid('actions.assignUserToGroups.groupIds', 'The field cannot be left blank')
  return { name, expression, groupIds, excludedUserIds: readTexts(readMember(readMember(conditions, 'people'), 'users'), 'exclude') }
}

function check (groups: Groups, rules: GroupRules, { name, groupIds }: NewGroupRule, self?: string): void {
  if (rules.all().some((rule) => rule.id !== self && rule.name === name)) {
    throw invalid('name', 'An object with this field already exists in the current organization')
  }
  const wrong = groupIds.find((id) => groups.findById(id)?.type !== 'OKTA_GROUP')
  if (wrong !== undefined) throw invalid('actions.assignUserToGroups.groupIds', `${wrong} is not a group that users can be added to`)
}

function toExpandedView (groups: Groups, rule: GroupRule, { expand }: Query): Json {
  const view = toRuleView(rule)
  if (expand !== 'groupIdToGroupNameMap') return view
  const named = rule.groupIds.flatMap((id) => groups.findById(id) ?? [])
  return { ...view, _embedded: { groupIdToGroupNameMap: Object.fromEntries(named.map(({ id, profile }) => [id, profile.name])) } }
}

function toRuleView ({ id, name, status, created, lastUpdated, expression, excludedUserIds, groupIds }: GroupRule): Json {
  return {
    type: 'group_rule',
    id,
    status,
    name,
    created,
    lastUpdated,
    conditions: { people: { users: { exclude: excludedUserIds }, groups: { exclude: [] } }, expression: { value: expression, type: EXPRESSION_TYPE } },
    actions: { assignUserToGroups: { groupIds } }
  }
}
