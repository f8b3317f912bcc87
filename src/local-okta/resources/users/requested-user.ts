import type { ApiRequest } from '../../kernel/route.js'
import type { Users } from './store.js'
import type { User } from './user.js'

/** The user that a path names as `{userId}`: see {@link Users.get}. */
export function userOf ({ users }: { readonly users: Users }, { params, principal }: Pick<ApiRequest, 'params' | 'principal'>): User {
  return users.get(params['userId'] ?? '', principal)
}
