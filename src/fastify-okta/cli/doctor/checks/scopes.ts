import { stringAt } from '../../json.js'
import { CannotCheck, fail, ok, skipped, type Check, type DoctorContext, type Finding } from '../check.js'
import { findPolicy, PROFILE_SCOPE, SIGN_IN_GRANT, SIGN_IN_SCOPES } from '../policies.js'

const SERVER = 'Admin Console: Security > API > Authorization Servers > (server)'
const NEEDED = [...SIGN_IN_SCOPES, PROFILE_SCOPE]

export const scopes: Check = {
  id: 'scopes',
  why: `The page requests ${SIGN_IN_SCOPES.join(', ')}; PATCH /me requires ${PROFILE_SCOPE}. A scope that does not exist, or that no rule allows, is refused.`,
  needs: ['issuer.discovery'],
  async run (context) {
    const existing = await listScopes(context)
    if (existing === undefined) return skipped(`the metadata lists no ${PROFILE_SCOPE}, and may leave scopes out; Okta's API cannot be called`)
    const missing = NEEDED.filter((name) => !existing.includes(name))
    if (missing.length > 0) return fail(`the authorization server has no scope ${missing.join(', ')}`, `${SERVER} > Scopes > Add Scope: ${missing.join(', ')}`)
    return await checkRules(context)
  }
}

/** By the API, else by the metadata, which has custom scopes only if they are published; `undefined` if it does not settle the matter. */
async function listScopes ({ org, issuer }: DoctorContext): Promise<readonly string[] | undefined> {
  try {
    return (await org.listOfServer('scopes')).map((scope) => stringAt(scope, 'name'))
  } catch (error) {
    if (!(error instanceof CannotCheck)) throw error
    const { scopes: published } = await issuer.readMetadata()
    return published.includes(PROFILE_SCOPE) ? published : undefined
  }
}

/** Whether one rule allows all that a sign-in requests. What a policy lacks otherwise is for `server.policy` to say. */
async function checkRules ({ org, settings: { clientId } }: DoctorContext): Promise<Finding> {
  const policy = findPolicy(await org.listPolicies().catch((error: unknown) => { if (error instanceof CannotCheck) return []; throw error }), clientId)
  const rules = policy?.rules.filter(({ isActive, grantTypes }) => isActive && grantTypes.includes(SIGN_IN_GRANT)) ?? []
  if (policy === undefined || rules.length === 0) return ok(`the authorization server has ${NEEDED.join(', ')}`)
  const forbidden = NEEDED.filter((name) => !rules.some(({ scopes: allowed }) => allowed.includes('*') || allowed.includes(name)))
  if (forbidden.length === 0) return ok(`the authorization server has ${NEEDED.join(', ')}, and the policy "${policy.name}" allows them`)
  return fail(`no rule of the policy "${policy.name}" allows ${forbidden.join(', ')}`, `${SERVER} > Access Policies > ${policy.name} > (rule) > Edit > AND the following scopes: add ${forbidden.join(', ')}`)
}
