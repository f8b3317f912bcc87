import { isObject } from './json.js'

/** What an expression is evaluated with: the values of its variables, and its functions by their full names. */
export interface ExpressionScope {
  readonly read: (path: string) => unknown
  readonly functions: Readonly<Record<string, (...parameters: unknown[]) => unknown>>
}

/** An expression that is parsed. */
export type Evaluate = (scope: ExpressionScope) => unknown

/** Why an expression of Okta's expression language cannot be read. */
export class OktaExpressionError extends Error {}

interface Reader {
  readonly tokens: readonly string[]
  at: number
}

const TOKENS = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|==|!=|>=|<=|&&|\|\||\.\?\[|[()\]!,<>?:+]|\.[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[A-Za-z_]\w*(?:\.\w+)*)/gy
const MAX_LENGTH = 2000
const MAX_DEPTH = 30

/** Functions that every expression may use. */
const STRING_FUNCTIONS: ExpressionScope['functions'] = {
  'String.stringContains': (text, part) => textOf(text).includes(textOf(part)),
  'String.startsWith': (text, part) => textOf(text).startsWith(textOf(part)),
  'String.toLowerCase': (text) => textOf(text).toLowerCase(),
  'String.toUpperCase': (text) => textOf(text).toUpperCase(),
  'String.append': (text, other) => textOf(text) + textOf(other),
  'String.len': (text) => textOf(text).length,
  'String.substringBefore': (text, part) => textOf(text).split(textOf(part))[0],
  'String.substringAfter': (text, part) => textOf(text).split(textOf(part)).slice(1).join(textOf(part)),
  'String.replace': (text, part, other) => textOf(text).replaceAll(textOf(part), textOf(other))
}

/**
 * Reads an expression of Okta's expression language: variables such as `user.department`, strings, numbers, comparisons,
 * `and`, `or`, `!`, `+`, the conditional operator, calls of the functions above and of the scope's, selections of an array
 * such as `event.target.?[type eq 'User']` and their `size()`. Does NOT know indexed access and other methods of values.
 *
 * @throws {OktaExpressionError}
 */
export function parseOktaExpression (expression: string): Evaluate {
  const reader: Reader = { tokens: tokenize(expression), at: 0 }
  const evaluate = readConditional(reader, 0)
  if (reader.at < reader.tokens.length) throw new OktaExpressionError(`unexpected ${reader.tokens[reader.at]}`)
  return evaluate
}

function tokenize (expression: string): string[] {
  if (expression.length > MAX_LENGTH) throw new OktaExpressionError('the expression is too long')
  const tokens = [...expression.trim().matchAll(TOKENS)]
  if (tokens.reduce((sum, [text]) => sum + text.length, 0) !== expression.trim().length) throw new OktaExpressionError('the expression has a character that cannot be there')
  return tokens.map(([, token = '']) => token)
}

function readConditional (reader: Reader, depth: number): Evaluate {
  if (depth > MAX_DEPTH) throw new OktaExpressionError('the expression is nested too deeply')
  const condition = readOr(reader, depth)
  if (!take(reader, '?')) return condition
  const whenTrue = readConditional(reader, depth + 1)
  expect(reader, ':')
  const whenFalse = readConditional(reader, depth + 1)
  return (scope) => condition(scope) === true ? whenTrue(scope) : whenFalse(scope)
}

function readOr (reader: Reader, depth: number): Evaluate {
  const parts = [readAnd(reader, depth)]
  while (take(reader, 'or', 'OR', '||')) parts.push(readAnd(reader, depth))
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : (scope) => parts.some((part) => part(scope) === true)
}

function readAnd (reader: Reader, depth: number): Evaluate {
  const parts = [readComparison(reader, depth)]
  while (take(reader, 'and', 'AND', '&&')) parts.push(readComparison(reader, depth))
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : (scope) => parts.every((part) => part(scope) === true)
}

function readComparison (reader: Reader, depth: number): Evaluate {
  const left = readSum(reader, depth)
  const operator = take(reader, '==', '!=', '>=', '<=', '>', '<', 'eq', 'ne', 'gt', 'ge', 'lt', 'le')
  if (operator === undefined) return left
  const right = readSum(reader, depth)
  return (scope) => compare(left(scope) ?? null, operator, right(scope) ?? null)
}

function compare (left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==' || operator === 'eq') return left === right
  if (operator === '!=' || operator === 'ne') return left !== right
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) return false
  const [a, b] = [left, right as typeof left]
  switch (operator) {
    case '>': case 'gt': return a > b
    case '>=': case 'ge': return a >= b
    case '<': case 'lt': return a < b
    default: return a <= b
  }
}

function readSum (reader: Reader, depth: number): Evaluate {
  let sum = readValue(reader, depth)
  while (take(reader, '+')) {
    const [left, right] = [sum, readValue(reader, depth)]
    sum = (scope) => textOf(left(scope)) + textOf(right(scope))
  }
  return sum
}

function readValue (reader: Reader, depth: number): Evaluate {
  if (depth > MAX_DEPTH) throw new OktaExpressionError('the expression is nested too deeply')
  if (take(reader, '!', 'not', 'NOT')) {
    const inner = readValue(reader, depth + 1)
    return (scope) => inner(scope) !== true
  }
  if (take(reader, '(')) {
    const inner = readConditional(reader, depth + 1)
    expect(reader, ')')
    return inner
  }
  const token = reader.tokens[reader.at]
  if (token === undefined) throw new OktaExpressionError('the expression ends too early')
  reader.at += 1
  if (/^["']/.test(token)) return constant(token.slice(1, -1).replace(/\\(.)/g, '$1'))
  if (/^-?\d/.test(token)) return constant(Number(token))
  if (token === 'true' || token === 'false') return constant(token === 'true')
  if (token === 'null') return constant(null)
  if (!/^[A-Za-z_]/.test(token)) throw new OktaExpressionError(`unexpected ${token}`)
  return take(reader, '(') ? readCall(reader, token, depth) : readSelection(reader, (scope) => scope.read(token), depth)
}

// `.?[condition]` after an array: the items of which the condition, about their members, is true; and `.size()` of it
function readSelection (reader: Reader, value: Evaluate, depth: number): Evaluate {
  if (depth > MAX_DEPTH) throw new OktaExpressionError('the expression is nested too deeply')
  if (take(reader, '.?[')) {
    const condition = readConditional(reader, depth + 1)
    expect(reader, ']')
    const selected: Evaluate = (scope) => itemsOf(value(scope)).filter((item) => condition({ ...scope, read: (path) => readPath(item, path) }) === true)
    return readSelection(reader, selected, depth + 1)
  }
  if (!take(reader, '.size')) return value
  expect(reader, '(')
  expect(reader, ')')
  return (scope) => itemsOf(value(scope)).length
}

function itemsOf (value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The member that a path such as `actor.id` names, or undefined. */
export function readPath (value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined, value)
}

function readCall (reader: Reader, name: string, depth: number): Evaluate {
  if (name.endsWith('.size') && take(reader, ')')) return (scope) => itemsOf(scope.read(name.slice(0, -'.size'.length))).length
  const parameters: Evaluate[] = []
  if (!take(reader, ')')) {
    do parameters.push(readConditional(reader, depth + 1)); while (take(reader, ','))
    expect(reader, ')')
  }
  return (scope) => {
    const called = own(STRING_FUNCTIONS, name) ?? own(scope.functions, name)
    if (called === undefined) throw new OktaExpressionError(`${name} is not a function`)
    return called(...parameters.map((parameter) => parameter(scope)))
  }
}

function own<T> (object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function constant (value: unknown): Evaluate {
  return () => value
}

function textOf (value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

function take (reader: Reader, ...tokens: string[]): string | undefined {
  const token = reader.tokens[reader.at]
  if (token === undefined || !tokens.includes(token)) return undefined
  reader.at += 1
  return token
}

function expect (reader: Reader, token: string): void {
  if (take(reader, token) === undefined) throw new OktaExpressionError(`${token} is missing`)
}
