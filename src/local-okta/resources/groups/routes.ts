import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readMember, readObject, readOptionalText, readText } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Stores } from '../../kernel/route.js'
import { AppGroups } from '../apps/app-groups.js'
import { toAppView } from '../apps/view.js'
import { userOf } from '../users/requested-user.js'
import { Users } from '../users/store.js'
import { toListedUserView } from '../users/view.js'
import type { Group, GroupProfile } from './group.js'
import { findGroups, groupSortKey } from './search.js'
import { Groups } from './store.js'
import { toGroupStats, toGroupView } from './view.js'

const READ = 'okta.groups.read'
const MANAGE = 'okta.groups.manage'
const MAX_NAME_LENGTH = 255
const STORES = { groups: Groups, users: Users, appGroups: AppGroups }

type GroupStores = Stores<typeof STORES>

const { route, list } = routesOn(STORES)

/** `/groups`: the groups of the org, who is in them, and the apps they are assigned to. */
export const groupRoutes = [
  list({
    path: '/groups',
    scope: READ,
    page: { default: 200, max: 10_000, q: { default: 300, max: 300 } },
    items: ({ groups }, { query }) => findGroups(groups, query),
    view: toExpandedView,
    sortKey: groupSortKey,
    hasFields: true
  }),
  route({
    method: 'POST',
    path: '/groups',
    scope: MANAGE,
    body: readGroupProfile,
    answer: ({ groups, orgUrl }, { body }) => {
      const { name, description } = body
      rejectTakenName(groups, name)
      return toGroupView(orgUrl, groups.create({ name, description }, body))
    }
  }),
  route({
    method: 'GET',
    path: '/groups/{groupId}',
    scope: READ,
    answer: (stores, request) => toExpandedView(stores, stores.groups.get(groupIdOf(request)), request)
  }),
  route({
    method: 'PUT',
    path: '/groups/{groupId}',
    scope: MANAGE,
    body: readGroupProfile,
    answer: ({ groups, orgUrl }, request) => {
      const group = getOktaGroup(groups, request)
      rejectTakenName(groups, request.body.name, group.id)
      return toGroupView(orgUrl, groups.replaceProfile(group, request.body))
    }
  }),
  route({
    method: 'DELETE',
    path: '/groups/{groupId}',
    scope: MANAGE,
    status: 204,
    answer: ({ groups }, request) => groups.delete(getOktaGroup(groups, request).id)
  }),
  list({
    path: '/groups/{groupId}/users',
    scope: READ,
    page: { default: 1000, max: 1000 },
    items: ({ groups }, request) => groups.membersOf(groups.get(groupIdOf(request))),
    view: ({ orgUrl }, user) => toListedUserView(orgUrl, user)
  }),
  route({
    method: 'PUT',
    path: '/groups/{groupId}/users/{userId}',
    scope: MANAGE,
    status: 204,
    answer: ({ groups, users }, request) => {
      groups.addUser(getOktaGroup(groups, request), userOf({ users }, request).id)
    }
  }),
  route({
    method: 'DELETE',
    path: '/groups/{groupId}/users/{userId}',
    scope: MANAGE,
    status: 204,
    answer: ({ groups, users }, request) => {
      groups.removeUser(getOktaGroup(groups, request), userOf({ users }, request).id)
    }
  }),
  list({
    path: '/groups/{groupId}/apps',
    scope: READ,
    page: { default: 20, max: 200 },
    items: ({ groups, appGroups }, request) => appGroups.appsOf(groups.get(groupIdOf(request)).id),
    view: ({ orgUrl }, app) => toAppView(orgUrl, app)
  })
]

function toExpandedView ({ groups, appGroups, orgUrl }: GroupStores, group: Group, { query }: ApiRequest): Record<string, unknown> {
  const view = toGroupView(orgUrl, group)
  if (!query['expand']?.split(',').includes('stats')) return view
  return { ...view, _embedded: toGroupStats(groups.memberCount(group), appGroups.appsOf(group.id).length) }
}

// imported groups and Everyone cannot be changed
function getOktaGroup (groups: Groups, request: ApiRequest): Group {
  const group = groups.get(groupIdOf(request))
  if (group.type !== 'OKTA_GROUP') throw new OktaApiError('E0000006')
  return group
}

function groupIdOf ({ params }: ApiRequest): string {
  return params['groupId'] ?? ''
}

function rejectTakenName (groups: Groups, name: string, byOtherThan?: string): void {
  if (!groups.isNameTaken(name, byOtherThan)) return
  throw invalid('name', 'An object with this field already exists in the current organization')
}

// attributes beside the standard ones are kept, as an org with these in its schema does
function readGroupProfile (body: unknown): GroupProfile {
  const profile = readMember(readObject(body), 'profile')
  const name = readText(profile, 'name')
  if (name.length > MAX_NAME_LENGTH) throw invalid('name', 'The field is too long')
  return { ...profile, name, description: readOptionalText(profile, 'description') ?? null }
}
