import { stringAt } from '../../json.js'
import { CannotCheck, fail, ok, type Check, type DoctorContext } from '../check.js'

export const clientAssigned: Check = {
  id: 'client.assigned',
  why: 'Users who are not assigned to the app cannot sign in: Okta says "User is not assigned to the client application".',
  needs: ['client.type', 'group.exists'],
  async run (context) {
    const { settings: { clientId = '', group }, org } = context
    const assigned = await org.listAppGroupIds(clientId)
    const [groupId] = (await org.findGroups(group)).map((found) => stringAt(found, 'id'))
    if (groupId !== undefined && assigned.includes(groupId)) return ok(`the group "${group}" is assigned to the app`)
    if (assigned.includes(await findEveryoneId(context) ?? '')) return ok('Everyone is assigned to the app')
    const users = await org.list(`/apps/${encodeURIComponent(clientId)}/users?limit=1`, 'okta.apps.read') ?? []
    if (users.length > 0) return ok('users are assigned to the app one by one')
    return fail(`neither the group "${group}" nor a user is assigned to the app`, `Admin Console: Applications > (app) > Assignments > Assign to Groups: ${group}`)
  }
}

/** The id of the group that holds every user. */
export async function findEveryoneId ({ org }: Pick<DoctorContext, 'org'>): Promise<string | undefined> {
  const found = await org.findGroups('Everyone')
  const everyone = found.find((group) => stringAt(group, 'type') === 'BUILT_IN')
  if (found.length > 0 && everyone === undefined) throw new CannotCheck('the group Everyone is not the one that Okta makes')
  return everyone === undefined ? undefined : stringAt(everyone, 'id')
}
