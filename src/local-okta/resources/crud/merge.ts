import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'

/** A JSON merge patch (RFC 7396): members of both are merged, null removes a member, and an array replaces an array. */
export function mergeJson (before: Json, patch: Json): Json {
  const merged: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(patch)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined
    if (value === null) delete merged[name]
    else if (name !== '__proto__') merged[name] = isObject(value) ? mergeJson(isObject(old) ? old : {}, value) : value
  }
  return merged
}
