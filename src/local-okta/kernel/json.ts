import { invalid, OktaApiError } from './errors.js'

/** A JSON object from outside, not yet looked into. */
export type Json = Readonly<Record<string, unknown>>

/** Deeper values are refused: to copy or write them would overflow the stack. */
const MAX_DEPTH = 100

/** True for an object that is not an array. */
export function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True if the JSON text nests arrays and objects deeper than anything here needs. */
export function isNestedTooDeeply (json: string): boolean {
  let depth = 0
  // strings as wholes, so that brackets in them do not count
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/**
 * The request's body as an object.
 *
 * @throws {OktaApiError} 400 E0000003 if there is none or it is something else
 */
export function readObject (body: unknown): Json {
  if (!isObject(body)) throw new OktaApiError('E0000003')
  return body
}

/**
 * A member that is an object, or the empty object if it is left out.
 *
 * @throws {OktaApiError} 400 E0000003 if it is something else
 */
export function readMember (json: Json, name: string): Json {
  const member = json[name]
  return member === undefined || member === null ? {} : readObject(member)
}

/**
 * A member that must be a non-empty string.
 *
 * @throws {OktaApiError} 400 E0000001 naming the field
 */
export function readText (json: Json, name: string): string {
  const text = json[name]
  if (text === undefined || text === null || text === '') throw invalid(name, 'The field cannot be left blank')
  if (typeof text !== 'string') throw invalid(name, 'must be a string')
  return text
}

/**
 * A member that is a string, or undefined if it is left out or null.
 *
 * @throws {OktaApiError} 400 E0000001 naming the field
 */
export function readOptionalText (json: Json, name: string): string | undefined {
  const text = json[name]
  if (text === undefined || text === null) return undefined
  if (typeof text !== 'string') throw invalid(name, 'must be a string')
  return text
}

/**
 * A member that is an array of strings, or the empty array if it is left out.
 *
 * @throws {OktaApiError} 400 E0000001 naming the field
 */
export function readTexts (json: Json, name: string): string[] {
  const texts = json[name] ?? []
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) throw invalid(name, 'must be an array of strings')
  return texts
}

/**
 * A query parameter that is `true` or `false`.
 *
 * @throws {OktaApiError} 400 E0000001 naming the parameter
 */
export function readFlag (query: Readonly<Record<string, string | undefined>>, name: string, fallback: boolean): boolean {
  const value = query[name]?.toLowerCase()
  if (value === undefined || value === '') return fallback
  if (value !== 'true' && value !== 'false') throw invalid(name, 'must be true or false')
  return value === 'true'
}
