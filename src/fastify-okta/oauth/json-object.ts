import { isUtf8 } from 'node:buffer'

/** A JSON object of which nothing else is known. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** RFC 8259 section 8.1 lets a parser ignore a byte order mark. In documents of the issuer, that is; none is part of a token. */
export function withoutByteOrderMark (bytes: Buffer): Buffer {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
}

/** Far deeper than any token that Okta issues, and shallow enough for every recursion that follows. */
const MAX_DEPTH = 16

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACE = 0x7d
const CLOSE_BRACKET = 0x5d

/**
 * Parses bytes that must be one JSON object, more strictly than `JSON.parse`: UTF-8 only, no member named twice
 * at any depth (RFC 7519 section 4 lets a parser refuse them: two readers must not see two tokens), no member
 * `__proto__`, no nesting beyond 16 levels.
 *
 * @returns the object, or `undefined` for anything else
 */
export function parseJsonObject (bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const written = countWrittenMembers(bytes)
  // Of two members of one name, `JSON.parse` keeps one.
  return written !== undefined && written === countMembers(value) ? value : undefined
}

/** How many members the objects in a valid JSON text have, repeated ones too; `undefined` if it is nested too deeply. */
function countWrittenMembers (json: Buffer): number | undefined {
  let count = 0
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (byte === QUOTE) i = findEndOfString(json, i)
    else if (byte === COLON) count++
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return undefined
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
  }
  return count
}

/** Where the string ends that starts here. */
function findEndOfString (json: Buffer, start: number): number {
  let i = start + 1
  while (json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1
  return i
}

/** How many members the objects in a value have; `NaN`, which equals no count, if one is called `__proto__`. */
function countMembers (value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item)
    return count
  }
  for (const name in value) count += name === '__proto__' ? NaN : 1 + countMembers((value as Record<string, unknown>)[name])
  return count
}
