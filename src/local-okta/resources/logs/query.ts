import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readExpression } from '../../kernel/expression.js'
import type { ExpressionError, ExpressionRules, Operator, Predicate } from '../../kernel/expression.js'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'

/** A `since` before this is refused; events older than {@link RETENTION_DAYS} are not returned. */
const MAX_SINCE_DAYS = 180
const RETENTION_DAYS = 90
const DEFAULT_DAYS = 7
const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
const MAX_WORDS = 10
const MAX_WORD_LENGTH = 40
const DAY_MS = 86_400_000
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d(:?\d\d(:?\d\d(\.\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/

const OPERATORS: readonly Operator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'pr', 'gt', 'ge', 'lt', 'le']
const WITHOUT_CONTAINS = OPERATORS.filter((operator) => operator !== 'co')
/** Members that can be filtered by. `published` cannot: for that there are `since` and `until`. */
const FIELDS = /^(uuid|eventType|version|severity|displayMessage|legacyEventType|(actor|target)\.(id|type|alternateId|displayName|detailEntry\.\w+)|client\.(id|zone|device|ipAddress|userAgent\.\w+|geographicalContext\.\w+(\.\w+)?)|outcome\.(result|reason)|transaction\.(id|type|detail\.\w+)|(debugContext\.debugData|authenticationContext|securityContext|device)\.\w+|request\.ipChain\.\w+)$/

/** A query of the System Log, checked. */
export interface LogQuery {
  /** In milliseconds since the epoch. */
  readonly since: number
  readonly until: number
  /** Without `until`, ascending: there may always be more later. */
  readonly isPolling: boolean
  readonly isDescending: boolean
  /** The place in the log that the last page ended at. */
  readonly after: number | undefined
  readonly limit: number
}

/** Reads the query. @throws {OktaApiError} 400 E0000001, E0000029, E0000053 */
export function readLogQuery (query: Query, now: number): LogQuery {
  const isDescending = readSortOrder(query['sortOrder']) === 'DESCENDING'
  const isPolling = query['until'] === undefined && !isDescending
  const until = readDate(query, 'until') ?? now
  const given = readDate(query, 'since')
  if (given !== undefined && query['after'] !== undefined) throw invalid('after', 'The parameter cannot be combined with since')
  if (given !== undefined && given < now - MAX_SINCE_DAYS * DAY_MS) {
    throw new OktaApiError('E0000053', 'Invalid parameter: The since parameter is over 180 days prior to the current day.')
  }
  const since = given ?? (query['after'] === undefined ? until - DEFAULT_DAYS * DAY_MS : 0)
  return {
    since: Math.max(since, now - RETENTION_DAYS * DAY_MS),
    until,
    isPolling,
    isDescending,
    after: readCursor(query['after']),
    limit: readLimit(query['limit'])
  }
}

/** Tells if an event, as it is shown, is one that `filter` and `q` ask for. @throws {OktaApiError} 400 E0000001, E0000031, E0000053 */
export function eventMatcher ({ filter, q }: Query): Predicate<Json> {
  const isFiltered = filter === undefined || filter === '' ? () => true : readExpression(filter, rulesFor(filter))
  const words = readWords(q ?? '')
  return (event) => isFiltered(event) && (words.length === 0 || hasWords(event, words))
}

function hasWords (event: Json, words: readonly string[]): boolean {
  const values = new Set(searchableValues(event))
  return words.every((word) => values.has(word))
}

function rulesFor (filter: string): ExpressionRules<Json> {
  return {
    ignoreCase: false,
    hasNot: true,
    reader: (path) => {
      const names = path.split('.')
      return (event) => readPath(event, names)
    },
    operatorsFor: (path) => {
      if (!FIELDS.test(path)) return undefined
      return /^debugContext\.debugData\.(url|requestUri)$/.test(path) ? WITHOUT_CONTAINS : OPERATORS
    },
    refuse: (error) => refusalOf(error, filter)
  }
}

function refusalOf ({ kind, attribute, operator, message }: ExpressionError, filter: string): OktaApiError {
  switch (kind) {
    case 'attribute': return new OktaApiError('E0000053', `field is not valid: ${attribute}`)
    case 'combination': return new OktaApiError('E0000031',
      `The supplied combination of operator and field is not currently supported. Operator: ${operator}, Field: ${attribute}`)
    case 'operator': return new OktaApiError('E0000053', `Invalid filter '${filter}': Unrecognized attribute operator '${operator}' ` +
      `at position ${filter.toLowerCase().indexOf(operator)}. Expected: eq,co,sw,pr,gt,ge,lt,le`)
    case 'syntax': return new OktaApiError('E0000053', `Invalid filter '${filter}': ${message}`)
  }
}

// of an array, the values of all its items
function readPath (value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(value)) return value.flatMap((item) => readPath(item, path))
  return isObject(value) && Object.hasOwn(value, name) ? readPath(value[name], rest) : undefined
}

// whole values, and the parts of those that have spaces or hyphens
function searchableValues (value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(searchableValues)
  if (isObject(value)) return Object.values(value).flatMap(searchableValues)
  if (typeof value !== 'string') return []
  const text = value.toLowerCase()
  return [text, ...text.split(/\s+/), ...text.split(/[\s-]+/)]
}

function readWords (q: string): string[] {
  const words = q.toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (words.length > MAX_WORDS) throw validationFailed('q', [`Freeform search cannot contain more than ${MAX_WORDS} items. Please use an advanced filter to query by specific fields.`])
  if (words.some((word) => word.length > MAX_WORD_LENGTH)) {
    throw validationFailed('q', [`Freeform search cannot contain items longer than ${MAX_WORD_LENGTH} characters. Please shorten the items in your search or use an advanced filter to query by specific fields.`])
  }
  return words
}

function readDate (query: Query, name: 'since' | 'until'): number | undefined {
  const text = query[name]
  if (text === undefined || text === '') return undefined
  const time = ISO_8601.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(time)) return time
  throw validationFailed(name, [
    'The date format in your query is not recognized. Please enter dates using ISO8601 string format.',
    'must be a valid date-time or empty.'
  ])
}

// the summary has every cause, with the name quoted
function validationFailed (name: string, causes: string[]): OktaApiError {
  return new OktaApiError('E0000001', causes.map((cause) => `'${name}': ${cause}`).join(' '), causes.map((cause) => `${name}: ${cause}`))
}

function readSortOrder (order = 'ASCENDING'): 'ASCENDING' | 'DESCENDING' {
  const upper = order.toUpperCase()
  if (upper !== 'ASCENDING' && upper !== 'DESCENDING') throw invalid('sortOrder', 'must be ASCENDING or DESCENDING')
  return upper
}

function readLimit (limit: string | undefined): number {
  if (limit === undefined || limit === '') return DEFAULT_LIMIT
  if (!/^\d+$/.test(limit) || Number(limit) > MAX_LIMIT) throw invalid('limit', `must be an integer from 0 to ${MAX_LIMIT}`)
  return Number(limit)
}

function readCursor (cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const [, sequence] = /^(\d{1,15})_1$/.exec(cursor) ?? []
  if (sequence === undefined) throw new OktaApiError('E0000029', undefined, ['Invalid cursor.'])
  return Number(sequence)
}
