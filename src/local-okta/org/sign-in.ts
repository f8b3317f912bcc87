import { timingSafeEqual } from 'node:crypto'
import { isActive } from './users.js'
import type { User } from './users.js'

/** True when this is the password of a user who may sign in. */
export function hasPassword (user: User, password: string): boolean {
  return isActive(user) && user.password !== null && isSameText(user.password, password)
}

/** Compares two texts in a time that tells only their lengths. */
export function isSameText (expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
