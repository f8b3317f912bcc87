import { invalidRequest } from './errors.js'

/** The parameters of a form body, each at most once (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string>

/**
 * Reads a form body. Parameters without a value count as left out.
 *
 * @throws {OAuthError} `invalid_request` when a parameter is repeated
 */
export function readForm (body: string): Form {
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) throw invalidRequest(`The '${name}' parameter is repeated.`)
    form.set(name, value)
  }
  for (const [name, value] of form) {
    if (value === '') form.delete(name)
  }
  return form
}

/**
 * The value of a parameter that must be there.
 *
 * @throws {OAuthError} `invalid_request` when it is not
 */
export function requireParameter (form: Form, name: string): string {
  const value = form.get(name)
  if (value === undefined) throw invalidRequest(`The '${name}' parameter is required.`)
  return value
}
