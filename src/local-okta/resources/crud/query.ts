import type { Operation } from '../../description/description.js'
import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readExpression } from '../../kernel/expression.js'
import type { Operator } from '../../kernel/expression.js'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import type { StoredRecord } from './store.js'

/** Parameters that ask for the value of a member: the first of these that a record has. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  type: ['type', 'providerType'],
  templateType: ['type'],
  status: ['status'],
  name: ['name'],
  language: ['language'],
  sourceId: ['source.id'],
  targetId: ['target.id'],
  sourceGroupId: ['sourceGroupId']
}

const OPERATORS: readonly Operator[] = ['eq', 'sw', 'gt', 'ge', 'lt', 'le']

/** @throws {OktaApiError} 400 E0000001 for a value that a parameter does not take; E0000028 if it must be there, and is not */
export function checkQuery ({ query: known = {} }: Operation, query: Query): void {
  for (const [name, { values, isRequired = false }] of Object.entries(known)) {
    const value = query[name]
    if (value === undefined && isRequired) throw new OktaApiError('E0000028', undefined, [`${name}: The field cannot be left blank`])
    if (value !== undefined && !values.includes(value)) throw invalid(name, `must be one of ${values.join(', ')}`)
  }
}

/**
 * The records that a query asks for. `q` is the beginning of a name. `search` is read as `filter` is, in any letter case.
 *
 * @throws {OktaApiError} 400 E0000031 for a filter that cannot be read
 */
export function queryRecords (records: StoredRecord[], { q, filter, search, ...members }: Query): StoredRecord[] {
  const named = q === undefined ? records : records.filter(({ body }) => startsWith(body['name'] ?? body['label'], q))
  const asked = Object.entries(members).flatMap(([name, value]) => Object.hasOwn(MEMBERS, name) ? [[MEMBERS[name] ?? [], value] as const] : [])
  const found = named.filter((record) => asked.every(([paths, value]) => paths.map((path) => read(record, path)).find((known) => known !== undefined) === value))
  const expression = filter ?? search
  if (expression === undefined) return found
  return found.filter(readExpression(expression, {
    ignoreCase: filter === undefined,
    reader: (path) => (record) => read(record, path),
    operatorsFor: (path) => path === 'constructor' ? undefined : search === undefined ? OPERATORS : [...OPERATORS, 'co', 'pr']
  }))
}

function read (record: StoredRecord, path: string): unknown {
  const members: Json = { ...record, type: scopeTypesOf(record), ...record.body, id: record.key }
  return path.split('.').reduce<unknown>((inner, name) => isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined, members)
}

// a trusted origin has the types of its scopes
function scopeTypesOf ({ body: { scopes } }: StoredRecord): unknown[] | undefined {
  return Array.isArray(scopes) ? scopes.map((scope: unknown) => isObject(scope) ? scope['type'] : undefined) : undefined
}

function startsWith (value: unknown, q: string): boolean {
  return typeof value === 'string' && value.toLowerCase().startsWith(q.toLowerCase())
}
