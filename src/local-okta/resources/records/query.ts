import { readExpression } from '../../kernel/expression.js'
import { isObject } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import type { StoredRecord } from './store.js'

/** Parameters that ask for the value of the member with their name. */
const MEMBERS = ['type', 'status', 'name', 'sourceId', 'targetId', 'language']

/**
 * The records that a query asks for. `q` is the beginning of a name.
 *
 * @throws {OktaApiError} 400 E0000031 for a filter that cannot be read
 */
export function queryRecords (records: StoredRecord[], { q, filter, ...members }: Query): StoredRecord[] {
  const named = q === undefined ? records : records.filter(({ body }) => startsWith(body['name'] ?? body['label'], q))
  const asked = Object.entries(members).filter(([name]) => MEMBERS.includes(name))
  const found = named.filter(({ body, status }) => asked.every(([name, value]) => ({ status, ...body })[name] === value))
  if (filter === undefined) return found
  return found.filter(readExpression(filter, {
    ignoreCase: false,
    reader: (path) => (record) => path.split('.').reduce<unknown>((inner, name) => isObject(inner) ? inner[name] : undefined, { ...record, ...record.body, id: record.key }),
    operatorsFor: (path) => path === 'constructor' ? undefined : ['eq', 'sw', 'gt', 'ge', 'lt', 'le']
  }))
}

function startsWith (value: unknown, q: string): boolean {
  return typeof value === 'string' && value.toLowerCase().startsWith(q.toLowerCase())
}
