import { stringAt } from '../../json.js'
import { CommandFailure } from '../../exit.js'
import { none, type Planner } from '../step.js'

export const planGroup: Planner = async ({ api, target: { group }, known }) => {
  const found = await api.readAll(`/groups?q=${encodeURIComponent(group)}&limit=200`)
  const named = found.filter((candidate) => stringAt(candidate, 'profile', 'name') === group)
  const made = named.find((candidate) => stringAt(candidate, 'type') === 'OKTA_GROUP')
  if (made !== undefined) {
    known.groupId = stringAt(made, 'id')
    return [none('group', `the group "${group}" exists`)]
  }
  const [imported] = named
  if (imported !== undefined) {
    throw new CommandFailure(`the group "${group}" is not made in Okta, and matches by its id only`, { code: 'group', hint: `set GREETING_GROUP to another name, or to the id ${stringAt(imported, 'id')} and assign it by hand` })
  }
  return [{
    id: 'group',
    action: 'create',
    what: `the group "${group}", whose members are greeted`,
    requests: [{ method: 'POST', stores: 'groupId', build: () => ({ path: '/groups', body: { profile: { name: group, description: 'May be greeted' } } }) }]
  }]
}
