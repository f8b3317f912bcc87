/**
 * Freezes a value made of JSON all the way down, and takes the prototype off its objects, so that a claim named
 * `toString` or `constructor` is only ever that claim. Changes the value in place and returns it.
 */
export function deepFreezeWithoutPrototypes<T> (value: T): Readonly<T> {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null)
  for (const member of Object.values(value)) deepFreezeWithoutPrototypes(member)
  return Object.freeze(value)
}
