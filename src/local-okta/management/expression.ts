/** Reads a property of an object by its path in a filter, such as `profile.login`. */
export type ReadProperty<T> = (item: T, path: string) => unknown

/** The characters of an expression, and where reading stands. */
interface Reader {
  tokens: string[]
  at: number
}

type Predicate<T> = (item: T) => boolean

/** How an expression is compared: `search` without regard to case, `filter` exactly. */
export interface ExpressionRules<T> {
  readProperty: ReadProperty<T>
  ignoreCase: boolean
}

const TOKENS = /\s*("(?:[^"\\]|\\.)*"|\(|\)|[^\s()"]+)/gy
const OPERATORS = new Set(['eq', 'sw', 'co', 'gt', 'ge', 'lt', 'le'])

/** Thrown for an expression that cannot be read. */
export class ExpressionError extends Error {}

/**
 * Reads an expression of `filter` or `search` (`profile.login eq "a" and (status eq "ACTIVE" or id pr)`).
 * Operators and `and`/`or` may be in any letter case. Knows neither `not` nor `ne`.
 *
 * @throws {ExpressionError}
 */
export function parseExpression<T> (expression: string, rules: ExpressionRules<T>): Predicate<T> {
  const reader: Reader = { tokens: tokenize(expression), at: 0 }
  const predicate = readOr(reader, rules)
  if (reader.at < reader.tokens.length) throw new ExpressionError(`unexpected ${reader.tokens[reader.at] ?? ''}`)
  return predicate
}

function tokenize (expression: string): string[] {
  const tokens = [...expression.trim().matchAll(TOKENS)]
  const length = tokens.reduce((sum, [text]) => sum + text.length, 0)
  if (length !== expression.trim().length) throw new ExpressionError('unbalanced quotation marks')
  return tokens.map(([, token = '']) => token)
}

function readOr<T> (reader: Reader, rules: ExpressionRules<T>): Predicate<T> {
  const parts = [readAnd(reader, rules)]
  while (takeWord(reader, 'or')) parts.push(readAnd(reader, rules))
  return (item) => parts.some((part) => part(item))
}

function readAnd<T> (reader: Reader, rules: ExpressionRules<T>): Predicate<T> {
  const parts = [readTerm(reader, rules)]
  while (takeWord(reader, 'and')) parts.push(readTerm(reader, rules))
  return (item) => parts.every((part) => part(item))
}

function readTerm<T> (reader: Reader, rules: ExpressionRules<T>): Predicate<T> {
  if (takeWord(reader, '(')) {
    const inner = readOr(reader, rules)
    if (!takeWord(reader, ')')) throw new ExpressionError('a parenthesis is not closed')
    return inner
  }
  const path = take(reader)
  if (!/^[\w.]+$/.test(path)) throw new ExpressionError(`${path} is not an attribute`)
  const operator = take(reader).toLowerCase()
  if (operator === 'pr') return (item) => isPresent(rules.readProperty(item, path))
  if (!OPERATORS.has(operator)) throw new ExpressionError(`${operator} is not an operator`)
  const value = literal(take(reader))
  return (item) => valuesOf(rules.readProperty(item, path)).some((actual) => compare(actual, operator, value, rules.ignoreCase))
}

function compare (actual: unknown, operator: string, expected: unknown, ignoreCase: boolean): boolean {
  const [left, right] = comparable(actual, expected, ignoreCase)
  if (operator === 'eq') return left === right
  if (left === undefined || right === undefined) return false
  switch (operator) {
    case 'sw': return String(left).startsWith(String(right))
    case 'co': return String(left).includes(String(right))
    case 'gt': return left > right
    case 'ge': return left >= right
    case 'lt': return left < right
    default: return left <= right
  }
}

function comparable (actual: unknown, expected: unknown, ignoreCase: boolean): Array<string | number | undefined> {
  return [actual, expected].map((value) => {
    if (typeof value === 'number') return value
    if (value === null || value === undefined) return undefined
    return ignoreCase ? String(value).toLowerCase() : String(value)
  })
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
