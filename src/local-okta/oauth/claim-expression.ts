import type { User } from '../resources/users/user.js'

/** What an expression of a claim may refer to. */
interface ClaimSubject {
  readonly clientId: string
  readonly user: User | undefined
  /** The names of the user's groups. */
  readonly groups: readonly string[]
}

const MAX_GROUPS = 100
const GROUP_TESTS: Readonly<Record<string, (name: string, text: string) => boolean>> = {
  startsWith: (name, text) => name.startsWith(text),
  endsWith: (name, text) => name.endsWith(text),
  contains: (name, text) => name.includes(text)
}

/**
 * Evaluates the expression of a claim, in the part of Okta's expression language that claims mostly use: constants
 * (`"gold"`, `42`, `true`), `user.attribute`, `app.clientId`, `a + b`, `Groups.startsWith|endsWith|contains("OKTA", "text", limit)` and
 * `isMemberOfGroupName("name")`. Undefined for an attribute without a value, and for every other expression: the claim is left out.
 */
export function evaluateClaimExpression (expression: string, subject: ClaimSubject): unknown {
  const operands = splitAtPlus(expression).map((operand) => evaluateOperand(operand.trim(), subject))
  if (operands.length < 2) return operands[0]
  return operands.includes(undefined) ? undefined : operands.map(String).join('')
}

function evaluateOperand (operand: string, { clientId, user, groups }: ClaimSubject): unknown {
  const [, quoted] = /^(?:"([^"]*)"|'([^']*)')$/.exec(operand)?.filter((part) => part !== undefined) ?? []
  if (quoted !== undefined) return quoted
  if (/^-?\d+(\.\d+)?$/.test(operand)) return Number(operand)
  if (operand === 'true' || operand === 'false') return operand === 'true'
  if (operand === 'app.clientId') return clientId
  const [, attribute] = /^user\.(\w+)$/.exec(operand) ?? []
  if (attribute !== undefined) return attributeOf(user, attribute)
  return user && evaluateGroups(operand, groups)
}

function evaluateGroups (operand: string, groups: readonly string[]): unknown {
  const [, test = '', prefix = '', limit = ''] = /^Groups\.(\w+)\(\s*"OKTA"\s*,\s*"([^"]*)"\s*,\s*(\d+)\s*\)$/.exec(operand) ?? []
  const isMatch = Object.hasOwn(GROUP_TESTS, test) ? GROUP_TESTS[test] : undefined
  if (isMatch) return groups.filter((name) => isMatch(name, prefix)).slice(0, Math.min(Number(limit), MAX_GROUPS))
  const [, name] = /^isMemberOfGroupName\(\s*"([^"]*)"\s*\)$/.exec(operand) ?? []
  return name === undefined ? undefined : groups.includes(name)
}

function attributeOf (user: User | undefined, attribute: string): unknown {
  if (!user) return undefined
  if (attribute === 'id') return user.id
  return Object.hasOwn(user.profile, attribute) ? user.profile[attribute] ?? undefined : undefined
}

/** Splits at each `+` that is not in a string. */
function splitAtPlus (expression: string): string[] {
  const parts = expression.match(/("[^"]*"|'[^']*'|[^+"']+|["'])+|\+/g) ?? []
  return parts.filter((part) => part !== '+')
}
