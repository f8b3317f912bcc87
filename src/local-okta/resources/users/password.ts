import { isSameText } from '../../kernel/same-text.js'
import type { User } from './user.js'

/** True if this is the user's password, whether or not the user may sign in with it. */
export function isSamePassword (user: User, password: string): boolean {
  return user.password !== null && isSameText(user.password, password)
}
