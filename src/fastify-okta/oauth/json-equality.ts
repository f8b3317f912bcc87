/**
 * Whether two values made of JSON are the same: the same members with the same values, in any order, and the same items in one
 * order. Prototypes are not compared, as `isDeepStrictEqual` does, which takes more than twice as long for the claims of a token
 * (1.8 µs, not 0.7; measured on Node 20).
 */
export function isSameJson (one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other
  if (Array.isArray(one) || Array.isArray(other)) return Array.isArray(one) && Array.isArray(other) && hasSameItems(one, other)
  return hasSameMembers(one as Members, other as Members)
}

type Members = Readonly<Record<string, unknown>>

function hasSameItems (one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, i) => isSameJson(item, other[i]))
}

function hasSameMembers (one: Members, other: Members): boolean {
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  for (const name of names) {
    if (!Object.hasOwn(other, name) || !isSameJson(one[name], other[name])) return false
  }
  return true
}
