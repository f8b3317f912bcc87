import { invalid } from '../../kernel/errors.js'
import { readMember, readObject, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { OktaExpressionError, parseOktaExpression, readPath } from '../../kernel/okta-expression.js'
import { toLogEvent } from '../../kernel/system-log.js'
import type { OrgEvent } from '../../kernel/system-log.js'
import type { EventFilter, EventHook } from './store.js'

const FIELD = 'events.filter.eventFilterMap'

/**
 * Reads the filters of a hook: expressions, at most one for each event type.
 *
 * @throws {OktaApiError} 400 E0000001, E0000003
 */
export function readFilters (filter: Json, eventTypes: readonly string[]): EventFilter[] {
  const map = filter['eventFilterMap'] ?? []
  if (!Array.isArray(map)) throw invalid(FIELD, 'must be an array')
  const filters = map.map((entry) => readFilter(readObject(entry)))
  const types = filters.map(({ eventType }) => eventType)
  if (new Set(types).size < types.length) throw invalid(FIELD, 'must have one filter for each event type')
  if (!types.every((type) => eventTypes.includes(type))) throw invalid(FIELD, 'must be of event types of the hook')
  return filters
}

function readFilter (entry: Json): EventFilter {
  const expression = readText(readMember(entry, 'condition'), 'expression')
  try {
    parseOktaExpression(expression)
  } catch (error) {
    if (error instanceof OktaExpressionError) throw invalid(`${FIELD}.condition.expression`, error.message)
    throw error
  }
  return { eventType: readText(entry, 'event'), expression }
}

/** Whether the hook gets this event of one of its types. An expression that fails is not true. */
export function passesFilter ({ filters }: Pick<EventHook, 'filters'>, event: OrgEvent): boolean {
  const filter = filters.find(({ eventType }) => eventType === event.eventType)
  if (filter === undefined) return true
  const view = { event: toLogEvent(event) }
  try {
    return parseOktaExpression(filter.expression)({ read: (path) => readPath(view, path), functions: {} }) === true
  } catch (error) {
    if (error instanceof OktaExpressionError) return false
    throw error
  }
}
