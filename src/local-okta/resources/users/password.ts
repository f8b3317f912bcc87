import { isSameText } from '../../kernel/same-text.js'
import { isActive } from './user.js'
import type { User } from './user.js'

/** True if this is the password of a user who may sign in. */
export function hasPassword (user: User, password: string): boolean {
  return isActive(user) && user.password !== null && isSameText(user.password, password)
}
