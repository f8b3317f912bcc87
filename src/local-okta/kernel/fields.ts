import { invalid } from './errors.js'
import { isObject } from './json.js'
import type { Json } from './json.js'

/** The names that `fields` asks for; a selection below a name chooses among its members. */
type Selection = Map<string, Selection | undefined>

const TOKENS = /[^\s,:()]+|[,:()]/g
const MAX_DEPTH = 10

/**
 * Leaves of an object only what `fields` names, such as `id,status,profile:(firstName,login)`. Names that the object
 * does not have are ignored.
 *
 * @throws {OktaApiError} 400 E0000001
 */
export function selectFields (object: Json, fields: string): Json {
  const tokens = fields.match(TOKENS) ?? []
  const selection = readSelection(tokens, 1)
  if (tokens.length > 0) throw malformed()
  return project(object, selection)
}

function readSelection (tokens: string[], depth: number): Selection {
  if (depth > MAX_DEPTH) throw malformed()
  const selection: Selection = new Map()
  do {
    const name = tokens.shift()
    if (name === undefined || !/^[\w.-]+$/.test(name)) throw malformed()
    selection.set(name, take(tokens, ':') ? readInner(tokens, depth) : undefined)
  } while (take(tokens, ','))
  return selection
}

function readInner (tokens: string[], depth: number): Selection {
  if (!take(tokens, '(')) throw malformed()
  const inner = readSelection(tokens, depth + 1)
  if (!take(tokens, ')')) throw malformed()
  return inner
}

function take (tokens: string[], token: string): boolean {
  if (tokens[0] !== token) return false
  tokens.shift()
  return true
}

function project (object: Json, selection: Selection): Json {
  const chosen = [...selection].filter(([name]) => Object.hasOwn(object, name))
  return Object.fromEntries(chosen.map(([name, inner]) => {
    const value = object[name]
    return [name, inner && isObject(value) ? project(value, inner) : value]
  }))
}

function malformed (): Error {
  return invalid('fields', 'must be names such as id,status,profile:(firstName,login)')
}
