import { invalid, OktaApiError } from '../../kernel/errors.js'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { GROUP_SCHEMA, STANDARD_ATTRIBUTES, USER_SCHEMA_ID } from '../records/families/schemas.js'
import type { Records } from '../records/store.js'

/** What an attribute may be. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  array: Array.isArray
}

/**
 * Checks the attributes of a user's profile: the standard ones, those of the schema of users with their types, and those that
 * the user has already, for a seed may give its people any.
 *
 * @throws {OktaApiError} 400 E0000001 for another attribute, a value of another type, or one that is not enumerated
 */
export function checkUserProfile (records: Records, profile: Json, current?: Json): void {
  // what Okta calls a user in this refusal is unconfirmed; of a group it is known
  const what = current === undefined ? 'newUser' : 'user'
  check(what, profile, { known: [...STANDARD_ATTRIBUTES, ...Object.keys(current ?? {})], custom: customAttributes(records, `/meta/schemas/user/${USER_SCHEMA_ID}`) })
}

/** The same for a group. @throws {OktaApiError} 400 E0000001 */
export function checkGroupProfile (records: Records, profile: Json, current?: Json): void {
  const what = current === undefined ? 'New UserGroup' : 'UserGroup'
  check(what, profile, { known: ['name', 'description', ...Object.keys(current ?? {})], custom: customAttributes(records, GROUP_SCHEMA) })
}

function check (what: string, profile: Json, { known, custom }: { known: readonly string[], custom: Json }): void {
  const unknown = Object.keys(profile).filter((name) => !known.includes(name) && !Object.hasOwn(custom, name))
  if (unknown.length > 0) throw new OktaApiError('E0000001', what, unknown.map((name) => `Property name '${name}' is not defined in profile`))
  for (const [name, value] of Object.entries(profile)) {
    const attribute = Object.hasOwn(custom, name) ? custom[name] : undefined
    if (value !== null && isObject(attribute)) checkValue(name, value, attribute)
  }
}

function checkValue (name: string, value: unknown, attribute: Json): void {
  const type = String(attribute['type'])
  if (Object.hasOwn(TYPES, type) && TYPES[type]?.(value) === false) throw invalid(name, `must be of type ${type}`)
  if (Array.isArray(attribute['enum']) && !attribute['enum'].includes(value)) throw invalid(name, 'is not one of the values of the attribute')
}

function customAttributes (records: Records, path: string): Json {
  const definitions = records.find(path, '')?.body['definitions']
  const custom = isObject(definitions) ? definitions['custom'] : undefined
  const properties = isObject(custom) ? custom['properties'] : undefined
  return isObject(properties) ? properties : {}
}
