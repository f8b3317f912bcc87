import { invalid } from '../../kernel/errors.js'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { USER_SCHEMA_ID } from '../crud/families/schemas.js'
import type { Records } from '../crud/store.js'

/** What an attribute may be. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  array: Array.isArray
}

/**
 * Checks the attributes of a profile that the schema of users has. Attributes that it does not have are accepted: at Okta
 * they are refused (unconfirmed: with which cause).
 *
 * @throws {OktaApiError} 400 E0000001 for a value of another type, or that is not one of the enumerated ones
 */
export function checkProfileTypes (records: Records, profile: Json): void {
  const custom = customAttributes(records)
  for (const [name, value] of Object.entries(profile)) {
    const attribute = Object.hasOwn(custom, name) ? custom[name] : undefined
    if (value === null || !isObject(attribute)) continue
    const type = String(attribute['type'])
    if (Object.hasOwn(TYPES, type) && TYPES[type]?.(value) === false) throw invalid(name, `must be of type ${type}`)
    if (Array.isArray(attribute['enum']) && !attribute['enum'].includes(value)) throw invalid(name, 'is not one of the values of the attribute')
  }
}

function customAttributes (records: Records): Json {
  const definitions = records.find(`/meta/schemas/user/${USER_SCHEMA_ID}`, '')?.body['definitions']
  const custom = isObject(definitions) ? definitions['custom'] : undefined
  const properties = isObject(custom) ? custom['properties'] : undefined
  return isObject(properties) ? properties : {}
}
