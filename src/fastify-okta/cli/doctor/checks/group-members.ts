import { stringAt } from '../../json.js'
import { ok, warn, type Check } from '../check.js'

const COUNTED = 200

export const groupMembers: Check = {
  id: 'group.members',
  why: 'Only members of the group are greeted.',
  needs: ['group.exists'],
  async run ({ settings: { group }, org }) {
    const found = await org.findGroups(group)
    const match = found.find((candidate) => stringAt(candidate, 'id') === group || stringAt(candidate, 'profile', 'name') === group)
    const members = await org.find(`/groups/${stringAt(match, 'id')}/users?limit=${COUNTED}`, 'okta.groups.read')
    const active = Array.isArray(members) ? members.filter((member) => stringAt(member, 'status') === 'ACTIVE').length : 0
    if (active === 0) return warn(`the group "${group}" has no active members`, `Admin Console: Directory > Groups > ${group} > Assign people`)
    return ok(active < COUNTED ? `${active} active ${active === 1 ? 'member' : 'members'}` : `${COUNTED} active members or more`)
  }
}
