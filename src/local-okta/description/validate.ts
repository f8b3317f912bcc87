import { isObject } from '../kernel/json.js'
import type { Json } from '../kernel/json.js'
import { readDescription } from './description.js'
import type { Schema } from './description.js'

/** What is wrong with a request's body, and where: the names of the members, with dots between them. */
interface ValidationIssue {
  readonly field: string
  readonly cause: string
}

const MAX_DEPTH = 30

/**
 * What is wrong with a value by a schema of Okta's description. Members that the schema does not know are accepted, as by
 * Okta. Of alternatives (`oneOf`, `anyOf`) one must fit, unless a discriminator says which one is meant. A validator of
 * JSON Schema would do less: it knows no discriminators with a mapping, and its messages are not Okta's.
 */
export function validate (schema: Schema, value: unknown, field = '', depth = 0): ValidationIssue[] {
  if (depth > MAX_DEPTH) return []
  if (schema.$ref !== undefined) return validate(readDescription().schemas[schema.$ref] ?? {}, value, field, depth + 1)
  // Okta takes null for what is left out
  if (value === null) return []
  const meant = discriminated(schema, value)
  if (meant !== undefined && meant !== schema) return [...validate(meant, value, field, depth + 1)]
  const issues = [...checkValue(schema, value, field), ...checkMembers(schema, value, field, depth), ...checkItems(schema, value, field, depth)]
  for (const part of schema.allOf ?? []) issues.push(...validate(part, value, field, depth + 1))
  const alternatives = schema.oneOf ?? schema.anyOf ?? []
  const tried = alternatives.map((alternative) => validate(alternative, value, field, depth + 1))
  if (tried.length > 0 && tried.every((found) => found.length > 0)) issues.push(...tried[0] ?? [])
  return issues
}

// the schema that the discriminator's member names, without its own discriminator: it would name itself
function discriminated ({ discriminator }: Schema, value: unknown): Schema | undefined {
  if (discriminator === undefined || !isObject(value)) return undefined
  const name = discriminator.mapping[String(value[discriminator.propertyName])]
  const schema = name === undefined ? undefined : readDescription().schemas[name]
  if (schema === undefined) return undefined
  const { discriminator: _, ...rest } = schema
  // a specific schema is made of the general one by allOf: of that, only what it says of members
  return { ...rest, allOf: (rest.allOf ?? []).map(withoutDiscriminator) }
}

function withoutDiscriminator (schema: Schema): Schema {
  const { discriminator: _, ...rest } = schema.$ref === undefined ? schema : readDescription().schemas[schema.$ref] ?? {}
  return rest
}

function checkValue (schema: Schema, value: unknown, field: string): ValidationIssue[] {
  const issues: string[] = []
  if (schema.type !== undefined && !hasType(schema.type, value)) return [{ field, cause: `must be ${schema.type === 'boolean' ? 'true or false' : `of type ${schema.type}`}` }]
  if (schema.enum !== undefined && !schema.enum.includes(value)) issues.push(`must be one of ${schema.enum.join(', ')}`)
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0)) issues.push(value === '' ? 'The field cannot be left blank' : 'The field is too short')
    if (value.length > (schema.maxLength ?? Infinity)) issues.push('The field is too long')
    if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) issues.push(`must match ${schema.pattern}`)
  }
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity)) issues.push(`must be greater than or equal to ${schema.minimum}`)
    if (value > (schema.maximum ?? Infinity)) issues.push(`must be less than or equal to ${schema.maximum}`)
  }
  return issues.map((cause) => ({ field, cause }))
}

function hasType (type: NonNullable<Schema['type']>, value: unknown): boolean {
  switch (type) {
    case 'object': return isObject(value)
    case 'array': return Array.isArray(value)
    case 'integer': return Number.isInteger(value)
    case 'string': return typeof value === 'string'
    case 'number': return typeof value === 'number'
    case 'boolean': return typeof value === 'boolean'
  }
}

function checkMembers ({ properties = {}, required = [] }: Schema, value: unknown, field: string, depth: number): ValidationIssue[] {
  if (!isObject(value)) return []
  const missing = required.filter((name) => isMissing(value, name)).map((name) => ({ field: join(field, name), cause: 'The field cannot be left blank' }))
  const wrong = Object.entries(properties)
    .filter(([name]) => Object.hasOwn(value, name) && !(required.includes(name) && isMissing(value, name)))
    .flatMap(([name, property]) => validate(property, value[name], join(field, name), depth + 1))
  return [...missing, ...wrong]
}

function isMissing (value: Json, name: string): boolean {
  return !Object.hasOwn(value, name) || value[name] === null || value[name] === ''
}

function checkItems ({ items, minItems = 0, maxItems = Infinity }: Schema, value: unknown, field: string, depth: number): ValidationIssue[] {
  if (!Array.isArray(value)) return []
  if (value.length < minItems) return [{ field, cause: 'The field cannot be left blank' }]
  if (value.length > maxItems) return [{ field, cause: `must have at most ${maxItems} items` }]
  return items === undefined ? [] : value.flatMap((item: unknown, index) => validate(items, item, `${field}[${index}]`, depth + 1))
}

function join (field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}
