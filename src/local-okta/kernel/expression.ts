import { OktaApiError } from './errors.js'

/** How two values are compared; `pr` asks only if there is one. */
export type Operator = 'eq' | 'ne' | 'sw' | 'ew' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'pr'

/** What an expression may say of the items of a list. */
export interface ExpressionRules<T> {
  /** The operators for an attribute; undefined for one that does not exist. */
  readonly operatorsFor: (path: string) => readonly Operator[] | undefined
  /** Makes what reads an attribute, once for all items. */
  readonly reader: (path: string) => (item: T) => unknown
  /** `search` ignores the case of values, `filter` does not. */
  readonly ignoreCase: boolean
  /** True if `not (…)` may stand before a part. Default false. */
  readonly hasNot?: boolean
  /** Makes the refusal of an expression that cannot be read. Default: 400 E0000031. */
  readonly refuse?: (error: ExpressionError) => OktaApiError
}

/** The tokens of an expression, and where reading stands. */
interface Reader {
  readonly tokens: readonly string[]
  at: number
}

/** Tells if an expression is true of an item. */
export type Predicate<T> = (item: T) => boolean

/** Times and numbers can be compared so. */
export const COMPARISONS: readonly Operator[] = ['eq', 'gt', 'ge', 'lt', 'le']

const TOKENS = /\s*("(?:[^"\\]|\\.)*"|\(|\)|[^\s()"]+)/gy
const OPERATORS = new Set<string>(['eq', 'ne', 'sw', 'ew', 'co', 'gt', 'ge', 'lt', 'le', 'pr'])
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
/** Deeper parentheses are refused: each level takes a frame of the stack. */
const MAX_DEPTH = 50

/** Why an expression cannot be read. */
export class ExpressionError extends Error {
  readonly kind: 'syntax' | 'attribute' | 'operator' | 'combination'
  /** The attribute, if the kind is `attribute` or `combination`. */
  readonly attribute: string
  /** The operator, if the kind is `operator` or `combination`. */
  readonly operator: string

  constructor (message: string, kind: ExpressionError['kind'] = 'syntax', { attribute = '', operator = '' } = {}) {
    super(message)
    this.kind = kind
    this.attribute = attribute
    this.operator = operator
  }
}

/**
 * Reads an expression of `filter` or `search`, such as `profile.login eq "a" and (status eq "ACTIVE" or id pr)`, and gives
 * what tells if it is true of an item. Operators and `and`/`or` may be in any letter case.
 * Which operators an attribute knows, and if there is `not`, the rules say.
 *
 * @throws {OktaApiError} 400 E0000031, or what the rules refuse with
 */
export function readExpression<T> (expression: string, rules: ExpressionRules<T>): Predicate<T> {
  try {
    return parse(expression, rules)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw rules.refuse?.(error) ?? new OktaApiError('E0000031', undefined, [error.message])
  }
}

function parse<T> (expression: string, rules: ExpressionRules<T>): Predicate<T> {
  const reader: Reader = { tokens: tokenize(expression), at: 0 }
  const predicate = readOr(reader, rules, 0)
  if (reader.at < reader.tokens.length) throw new ExpressionError(`unexpected ${reader.tokens[reader.at] ?? ''}`)
  return predicate
}

function tokenize (expression: string): string[] {
  const tokens = [...expression.trim().matchAll(TOKENS)]
  const length = tokens.reduce((sum, [text]) => sum + text.length, 0)
  if (length !== expression.trim().length) throw new ExpressionError('unbalanced quotation marks')
  return tokens.map(([, token = '']) => token)
}

function readOr<T> (reader: Reader, rules: ExpressionRules<T>, depth: number): Predicate<T> {
  const parts = [readAnd(reader, rules, depth)]
  while (takeWord(reader, 'or')) parts.push(readAnd(reader, rules, depth))
  return (item) => parts.some((part) => part(item))
}

function readAnd<T> (reader: Reader, rules: ExpressionRules<T>, depth: number): Predicate<T> {
  const parts = [readTerm(reader, rules, depth)]
  while (takeWord(reader, 'and')) parts.push(readTerm(reader, rules, depth))
  return (item) => parts.every((part) => part(item))
}

function readTerm<T> (reader: Reader, rules: ExpressionRules<T>, depth: number): Predicate<T> {
  if (takeWord(reader, '(')) {
    if (depth === MAX_DEPTH) throw new ExpressionError('too many nested parentheses')
    const inner = readOr(reader, rules, depth + 1)
    if (!takeWord(reader, ')')) throw new ExpressionError('a parenthesis is not closed')
    return inner
  }
  if (rules.hasNot === true && takeWord(reader, 'not')) {
    if (depth === MAX_DEPTH) throw new ExpressionError('too many nested parentheses')
    const inner = readTerm(reader, rules, depth + 1)
    return (item) => !inner(item)
  }
  const path = take(reader)
  const operators = /^[\w.]+$/.test(path) ? rules.operatorsFor(path) : undefined
  if (!operators) throw new ExpressionError(`${path} is not an attribute`, 'attribute', { attribute: path })
  const operator = readOperator(reader, operators, path)
  const read = rules.reader(path)
  if (operator === 'pr') return (item) => isPresent(read(item))
  const value = literal(take(reader))
  if (operator === 'ne') {
    const isEqual = comparison('eq', value, rules.ignoreCase)
    return (item) => !valuesOf(read(item)).some(isEqual)
  }
  const isMet = comparison(operator, value, rules.ignoreCase)
  return (item) => {
    const actual = read(item)
    return Array.isArray(actual) ? actual.some(isMet) : isMet(actual)
  }
}

function readOperator (reader: Reader, operators: readonly Operator[], path: string): Operator {
  const operator = take(reader).toLowerCase()
  if (!OPERATORS.has(operator)) throw new ExpressionError(`${operator} is not an operator`, 'operator', { operator })
  const found = operators.find((known) => known === operator)
  if (!found) throw new ExpressionError(`${path} cannot be compared with ${operator}`, 'combination', { attribute: path, operator })
  return found
}

// what is compared with is read once, and not again for each of thousands of items
function comparison (operator: Operator, expected: unknown, ignoreCase: boolean): (actual: unknown) => boolean {
  const right = comparable(expected, ignoreCase)
  const time = typeof expected === 'string' ? Date.parse(expected) : NaN
  return (actual) => {
    // times in milliseconds, for one may be written with fractions and the other without
    if (!Number.isNaN(time) && typeof actual === 'string' && TIMESTAMP.test(actual)) return compare(Date.parse(actual), operator, time)
    return compare(comparable(actual, ignoreCase), operator, right)
  }
}

function compare (left: string | number | undefined, operator: Operator, right: string | number | undefined): boolean {
  if (operator === 'eq') return left === right
  if (left === undefined || right === undefined) return false
  switch (operator) {
    case 'ew': return String(left).endsWith(String(right))
    case 'sw': return String(left).startsWith(String(right))
    case 'co': return String(left).includes(String(right))
    case 'gt': return left > right
    case 'ge': return left >= right
    case 'lt': return left < right
    default: return left <= right
  }
}

function comparable (value: unknown, ignoreCase: boolean): string | number | undefined {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return undefined
  return ignoreCase ? String(value).toLowerCase() : String(value)
}

function literal (token: string): unknown {
  try {
    return JSON.parse(token) as unknown
  } catch {
    throw new ExpressionError(`${token} is not a value`)
  }
}

function valuesOf (value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isPresent (value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function take (reader: Reader): string {
  const token = reader.tokens[reader.at]
  if (token === undefined) throw new ExpressionError('the expression ends too early')
  reader.at += 1
  return token
}

function takeWord (reader: Reader, word: string): boolean {
  if (reader.tokens[reader.at]?.toLowerCase() !== word) return false
  reader.at += 1
  return true
}
