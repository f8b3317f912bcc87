import { stringAt } from '../../json.js'
import { fail, ok, type Check } from '../check.js'

export const groupExists: Check = {
  id: 'group.exists',
  why: 'Only members of this group are greeted. Groups match by the exact name, and only those made in Okta; an id matches any.',
  needs: ['directory.token', 'directory.rights'],
  async run ({ settings: { group }, org }) {
    const found = await org.findGroups(group)
    const isMade = (candidate: unknown): boolean => stringAt(candidate, 'type') === 'OKTA_GROUP'
    const nameOf = (candidate: unknown): string => stringAt(candidate, 'profile', 'name')
    if (found.some((candidate) => stringAt(candidate, 'id') === group || (isMade(candidate) && nameOf(candidate) === group))) return ok(`"${group}"`)
    const otherCase = found.find((candidate) => isMade(candidate))
    if (otherCase !== undefined) return fail(`there is no group "${group}"; there is "${nameOf(otherCase)}", and letter case counts`, `set GREETING_GROUP="${nameOf(otherCase)}"`)
    const imported = found.find((candidate) => nameOf(candidate) === group)
    if (imported !== undefined) return fail(`the group "${group}" is not made in Okta but imported or built in, and matches by its id only`, `set GREETING_GROUP=${stringAt(imported, 'id')}`)
    return fail(`the org has no group "${group}"`, `set GREETING_GROUP to a group of the org, or create it: Admin Console: Directory > Groups > Add group: ${group}`)
  }
}
