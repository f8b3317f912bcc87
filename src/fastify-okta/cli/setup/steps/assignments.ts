import { stringAt } from '../../json.js'
import { none, type Planner, type Step } from '../step.js'

/** The group is assigned to the app, and *Everyone* no longer: the only thing that setup removes. */
export const planAssignments: Planner = async ({ api, target: { group, appLabel }, known: { appId, groupId } }) => {
  const assigned = appId === undefined ? [] : (await api.readAll(`/apps/${appId}/groups?limit=200`)).map((each) => stringAt(each, 'id'))
  const assignment: Step = groupId !== undefined && assigned.includes(groupId)
    ? none('assignment', `the group "${group}" is assigned to the app`)
    : {
        id: 'assignment',
        action: 'create',
        what: `assign the group "${group}" to the app`,
        requests: [{ method: 'PUT', build: (ids) => ({ path: `/apps/${ids.appId}/groups/${ids.groupId}`, body: {} }) }]
      }
  const everyone = (await api.readAll('/groups?q=Everyone&limit=200')).find((each) => stringAt(each, 'type') === 'BUILT_IN' && stringAt(each, 'profile', 'name') === 'Everyone')
  const everyoneId = stringAt(everyone, 'id')
  return [assignment, !assigned.includes(everyoneId)
    ? none('everyone', 'Everyone is not assigned to the app')
    : {
        id: 'everyone',
        action: 'update',
        what: `REMOVE the assignment of Everyone from the app${appId === undefined ? ` "${appLabel}"` : ''}: afterwards only assigned groups and users can sign in`,
        requests: [{ method: 'DELETE', build: (ids) => ({ path: `/apps/${ids.appId}/groups/${everyoneId}` }) }]
      }]
}
