import { isJsonObject } from '../oauth/json-object.js'

/** A value of a parsed document by its path; `undefined` if any part of the path is missing. */
export function valueAt (document: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined, document)
}

/** A string by its path; the empty string for anything else. */
export function stringAt (document: unknown, ...path: readonly string[]): string {
  const value = valueAt(document, ...path)
  return typeof value === 'string' ? value : ''
}

/** The strings of an array by its path; an empty array for anything else. */
export function stringsAt (document: unknown, ...path: readonly string[]): string[] {
  const value = valueAt(document, ...path)
  return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : []
}
