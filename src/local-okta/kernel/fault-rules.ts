import { METHODS, validateHeaderName, validateHeaderValue } from 'node:http'
import { isObject } from './json.js'
import type { Json } from './json.js'

/** What a member must be. */
interface Rule {
  /** In words that follow "must be". */
  readonly words: string
  readonly isValid: (value: unknown) => boolean
}

/** What is wrong with a fault. */
interface FaultIssue {
  readonly member: string
  /** In words that follow the member. */
  readonly cause: string
}

const FLAG: Rule = { words: 'true or false', isValid: (value) => typeof value === 'boolean' }
const DURATION: Rule = { words: 'an integer of 0 or more, in milliseconds', isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 0 }
const COUNT: Rule = { words: 'an integer of 1 or more', isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 1 }

const REQUEST_RULES: Readonly<Record<string, Rule>> = {
  path: {
    words: 'a path that begins with /, or a regular expression',
    isValid: (value) => value instanceof RegExp || (typeof value === 'string' && value.startsWith('/'))
  },
  method: { words: 'an HTTP method, such as POST', isValid: (value) => typeof value === 'string' && METHODS.includes(value.toUpperCase()) },
  status: { words: 'an HTTP status from 200 to 599', isValid: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599 },
  headers: { words: 'an object of HTTP headers, with strings as values', isValid: isHeaders },
  body: { words: 'anything', isValid: () => true },
  delayMs: DURATION,
  hang: FLAG,
  drop: FLAG,
  times: COUNT
}

const DELIVERY_RULES: Readonly<Record<string, Rule>> = {
  delivery: oneOf('event-hook', 'universal-logout', 'security-event', 'all'),
  delayMs: DURATION,
  copies: COUNT,
  outOfOrder: FLAG,
  lost: FLAG,
  wronglySigned: FLAG,
  times: COUNT
}

/** What answers a request in the place of the org; a fault has one of them at most. */
const ANSWERS = ['status', 'hang', 'drop']
const DELIVERY_EFFECTS = ['delayMs', 'copies', 'outOfOrder', 'lost', 'wronglySigned']

/** What is wrong with a fault of requests, or with a fault of deliveries if it has the member `delivery`; undefined if it is right. */
export function findFaultIssue (fault: Json): FaultIssue | undefined {
  return 'delivery' in fault ? findDeliveryIssue(fault) : findRequestIssue(fault)
}

function findRequestIssue (fault: Json): FaultIssue | undefined {
  if (fault['path'] === undefined) return { member: 'path', cause: 'is required' }
  const issue = findMemberIssue(fault, REQUEST_RULES)
  if (issue) return issue
  const answers = ANSWERS.filter((name) => has(fault, name))
  if (answers.length > 1) return { member: answers[1] ?? '', cause: `cannot be combined with ${answers[0] ?? ''}` }
  if (answers.length === 0 && !has(fault, 'delayMs')) return { member: 'status', cause: 'is required, or delayMs, hang or drop: the fault would do nothing' }
  const needy = ['headers', 'body'].find((name) => has(fault, name) && !has(fault, 'status'))
  return needy === undefined ? undefined : { member: needy, cause: 'needs status' }
}

function findDeliveryIssue (fault: Json): FaultIssue | undefined {
  const issue = findMemberIssue(fault, DELIVERY_RULES)
  if (issue) return issue
  if (fault['outOfOrder'] === true && !has(fault, 'times')) return { member: 'times', cause: 'is required with outOfOrder' }
  if (DELIVERY_EFFECTS.some((name) => has(fault, name))) return undefined
  return { member: 'delivery', cause: `needs one of ${DELIVERY_EFFECTS.join(', ')}: the fault would do nothing` }
}

function findMemberIssue (fault: Json, rules: Readonly<Record<string, Rule>>): FaultIssue | undefined {
  for (const [member, value] of Object.entries(fault)) {
    const rule = Object.hasOwn(rules, member) ? rules[member] : undefined
    if (rule === undefined) return { member, cause: `is not a member: there are ${Object.keys(rules).join(', ')}` }
    if (value !== undefined && !rule.isValid(value)) return { member, cause: `must be ${rule.words}` }
  }
  return undefined
}

// false is as if it were left out
function has (fault: Json, member: string): boolean {
  return fault[member] !== undefined && fault[member] !== false
}

function oneOf (...values: string[]): Rule {
  return { words: `one of ${values.join(', ')}`, isValid: (value) => values.includes(value as string) }
}

function isHeaders (value: unknown): boolean {
  if (!isObject(value)) return false
  try {
    for (const [name, text] of Object.entries(value)) {
      validateHeaderName(name)
      validateHeaderValue(name, text as string)
    }
    return Object.values(value).every((text) => typeof text === 'string')
  } catch {
    return false
  }
}
