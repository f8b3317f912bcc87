import { invalid, OktaApiError } from './errors.js'

/** A JSON object from outside, not yet looked into. */
export type Json = Readonly<Record<string, unknown>>

/**
 * The request's body as an object.
 *
 * @throws {OktaApiError} 400 E0000003 when there is none or it is something else
 */
export function readObject (body: unknown): Json {
  if (!isObject(body)) throw new OktaApiError('E0000003')
  return body
}

/**
 * A member that is an object, or the empty object when it is left out.
 *
 * @throws {OktaApiError} 400 E0000003 when it is something else
 */
export function readMember (json: Json, name: string): Json {
  const member = json[name]
  return member === undefined || member === null ? {} : readObject(member)
}

/**
 * A member that must be text with something in it.
 *
 * @throws {OktaApiError} 400 E0000001 naming the field
 */
export function readText (json: Json, name: string): string {
  const text = json[name]
  if (text === undefined || text === null || text === '') throw invalid(name, 'The field cannot be left blank')
  if (typeof text !== 'string') throw invalid(name, 'must be a string')
  return text
}

/** A list of texts, or the empty list when it is left out. */
export function readTexts (json: Json, name: string): string[] {
  const texts = json[name] ?? []
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) throw invalid(name, 'must be a list of strings')
  return texts
}

function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
