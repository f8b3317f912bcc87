import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { LinkedObjectValues } from './store.js'

const STORES = { users: Users, values: LinkedObjectValues }
const LINKED_OBJECTS = '/users/{userIdOrLogin}/linkedObjects'

const { route } = routesOn(STORES)

/** `/users/{userIdOrLogin}/linkedObjects`. */
export const linkedObjectRoutes: Route[] = [
  route({
    method: 'PUT',
    path: `${LINKED_OBJECTS}/{primaryRelationshipName}/{primaryUserId}`,
    scope: 'okta.users.manage',
    status: 204,
    answer: (stores, request) => {
      const { primaryRelationshipName = '', primaryUserId = '' } = request.params
      stores.values.assign(userOf(stores, request), primaryRelationshipName, stores.users.get(primaryUserId))
    }
  }),
  route({
    method: 'GET',
    path: `${LINKED_OBJECTS}/{relationshipName}`,
    scope: 'okta.users.read',
    answer: (stores, request) => stores.values.idsOf(userOf(stores, request), request.params['relationshipName'] ?? '')
      .map((id) => ({ _links: { self: { href: `${stores.orgUrl}/api/v1/users/${id}` } } }))
  }),
  route({
    method: 'DELETE',
    path: `${LINKED_OBJECTS}/{relationshipName}`,
    scope: 'okta.users.manage',
    status: 204,
    answer: (stores, request) => { stores.values.unassign(userOf(stores, request), request.params['relationshipName'] ?? '') }
  })
]

function userOf ({ users }: Stores<typeof STORES>, { params, principal }: ApiRequest): User {
  return users.get(params['userIdOrLogin'] ?? '', principal)
}
