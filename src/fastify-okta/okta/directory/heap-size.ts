import { PROFILE_ATTRIBUTES, type OktaUser } from './user.js'

/** A user with short strings, and each of its groups with its names in the cache entry, as measured on Node 20 and rounded up. */
const USER_BYTES = 2000
const GROUP_BYTES = 300
const ATTRIBUTE_BYTES = 100
/** What these figures include for each string. */
const SHORT_STRING_BYTES = 64
const MEMBER_BYTES = 64

/** About how many bytes a user takes in memory, long attributes and group names included. Errs on the high side. */
export function heapBytesOf (user: OktaUser | null): number {
  if (user === null) return USER_BYTES
  const attributes = Object.values(user.profile)
  const further = Math.max(0, attributes.length - PROFILE_ATTRIBUTES.length)
  return USER_BYTES + further * ATTRIBUTE_BYTES + user.groups.length * GROUP_BYTES +
    sum(attributes) + sum(user.groups.flatMap(({ id, name }) => [id, name]))
}

function sum (values: readonly unknown[]): number {
  return values.reduce<number>((bytes, value) => bytes + furtherBytesOf(value), 0)
}

function furtherBytesOf (value: unknown): number {
  if (typeof value === 'string') return Math.max(0, stringBytesOf(value) - SHORT_STRING_BYTES)
  if (typeof value !== 'object' || value === null) return 0
  const names = Array.isArray(value) ? [] : Object.keys(value)
  const members = Object.values(value)
  return MEMBER_BYTES * (1 + members.length) + sum(names) + sum(members)
}

/** V8 keeps a string with one byte for each character if all of them are Latin-1, else with two. */
function stringBytesOf (text: string): number {
  return /[\u0100-\uffff]/.test(text) ? text.length * 2 : text.length
}
