const OBJECT_BYTES = 120
const MEMBER_BYTES = 48
const ARRAY_BYTES = 40
const ITEM_BYTES = 8
const STRING_BYTES = 24
const NUMBER_BYTES = 16
/** Of other strings, V8 keeps each character in two bytes. */
const BEYOND_LATIN1 = /[\u0100-\uffff]/

/**
 * How many bytes of the heap a value made of JSON holds, by an estimate that is rather too high than too low (measured on
 * Node 20, objects without prototype: up to twice). Each value counts as if nothing else held it.
 */
export function jsonSize (value: unknown): number {
  if (typeof value === 'string') return STRING_BYTES + value.length * (BEYOND_LATIN1.test(value) ? 2 : 1)
  if (typeof value === 'number') return NUMBER_BYTES
  if (typeof value !== 'object' || value === null) return 0
  return Array.isArray(value) ? arraySize(value) : objectSize(value)
}

function arraySize (items: readonly unknown[]): number {
  let size = ARRAY_BYTES
  for (const item of items) size += ITEM_BYTES + jsonSize(item)
  return size
}

function objectSize (members: object): number {
  let size = OBJECT_BYTES
  for (const name in members) size += MEMBER_BYTES + STRING_BYTES + name.length * 2 + jsonSize((members as Record<string, unknown>)[name])
  return size
}
