import { isUtf8 } from 'node:buffer'

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** RFC 8259 section 8.1 lets a parser ignore a byte order mark. In documents of the issuer, that is; none is part of a token. */
export function withoutByteOrderMark (bytes: Buffer): Buffer {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
}

/** Deeper than any token of Okta's by far, and shallow enough for every recursion that follows. */
const MAX_DEPTH = 16

/** One string, with a `:` behind it if it names a member; or a bracket. Numbers, commas and literals are passed over. */
const TOKENS = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}[\]]/g

/**
 * Parses bytes that must be one JSON object, more strictly than `JSON.parse`: UTF-8 only, no member named twice
 * at any depth (RFC 7519 section 4 lets a parser refuse them: two readers must not see two tokens), no member
 * `__proto__`, no nesting beyond 16 levels.
 *
 * @returns the object, or `undefined` for anything else
 */
export function parseJsonObject (bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined
  const json = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return isUnambiguous(json, value) ? value as Record<string, unknown> : undefined
}

/** Expects `value` to be what `JSON.parse` makes of `json`: it only looks at what cannot be told from the value afterwards. */
function isUnambiguous (json: string, value: object): boolean {
  // What is the same text again has lost no member on its way; most tokens are written as JSON.stringify would.
  const isWhole = !json.includes('__proto__') && countOf('{', json) + countOf('[', json) <= MAX_DEPTH && JSON.stringify(value) === json
  return isWhole || hasUnambiguousMembers(json)
}

/** How many such brackets there are, those in strings too: no fewer than are open at once. */
function countOf (bracket: string, json: string): number {
  let count = 0
  for (let at = json.indexOf(bracket); at !== -1; at = json.indexOf(bracket, at + 1)) count++
  return count
}

/** The same, by a look at each member's name and at each bracket. */
function hasUnambiguousMembers (json: string): boolean {
  const open: Array<Set<string>> = []
  TOKENS.lastIndex = 0
  for (let match = TOKENS.exec(json); match !== null; match = TOKENS.exec(json)) {
    const token = match[0]
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > MAX_DEPTH) return false
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (match[2] !== undefined) {
      const raw = match[1] as string
      const name = raw.includes('\\') ? JSON.parse(`"${raw}"`) as string : raw
      const members = open.at(-1) as Set<string>
      if (name === '__proto__' || members.has(name)) return false
      members.add(name)
    }
  }
  return true
}
