import { stringAt } from '../../json.js'
import { fail, ok, type Check, type DoctorContext } from '../check.js'
import { findPolicy, SIGN_IN_GRANT } from '../policies.js'

const POLICIES = 'Admin Console: Security > API > Authorization Servers > (server) > Access Policies'

export const serverPolicy: Check = {
  id: 'server.policy',
  why: 'Without an access policy and a rule that fit, Okta issues no token: "Policy evaluation failed for this request".',
  needs: ['issuer.discovery', 'directory.token'],
  async run ({ settings: { clientId, group }, org }) {
    const policies = await org.listPolicies()
    if (policies.length === 0) return fail('the authorization server has no access policy', `${POLICIES} > Add policy, then Add rule`)
    const policy = findPolicy(policies, clientId)
    if (policy === undefined) {
      return fail(`no active policy is for ${clientId ?? 'all clients'}; there is ${policies.map(({ name }) => `"${name}"`).join(', ')}`,
        `${POLICIES} > (policy) > Edit > Assign to: add the client, or All clients`)
    }
    const rules = policy.rules.filter(({ isActive, grantTypes }) => isActive && grantTypes.includes(SIGN_IN_GRANT))
    if (rules.length === 0) return fail(`the policy "${policy.name}" has no active rule for authorization_code`, `${POLICIES} > ${policy.name} > Add rule, with Authorization Code`)
    const groupIds = await findGroupIds(group, org)
    const rule = rules.find(({ groups, users }) => users.length > 0 || groups.some((id) => id === 'EVERYONE' || groupIds.includes(id)))
    if (rule === undefined) return fail(`the rules of the policy "${policy.name}" are for other groups than "${group}"`, `${POLICIES} > ${policy.name} > (rule) > Edit > AND User is: add the group`)
    return ok(`policy "${policy.name}", rule "${rule.name}"`)
  }
}

async function findGroupIds (group: string, org: DoctorContext['org']): Promise<string[]> {
  return (await org.findGroups(group)).map((found) => stringAt(found, 'id'))
}
