import { readFile } from 'node:fs/promises'
import JSON5 from 'json5'
import type { GroupType, LocalOktaSeed, SeedApplication, UserStatus } from '../index.js'
import { CommandFailure } from './exit.js'

/** What is wrong with a value, in words that follow its path; `undefined` if it is right. */
type Check = (value: unknown) => string | undefined

const isString: Check = (value) => typeof value === 'string' && value !== '' ? undefined : 'must be a non-empty string'
function isOneOf<Value extends string> (...values: readonly Value[]): Check {
  return (value) => (values as readonly unknown[]).includes(value) ? undefined : `must be one of ${values.join(', ')}`
}

const isBoolean: Check = (value) => typeof value === 'boolean' ? undefined : 'must be true or false'

function isArrayOf (check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return 'must be an array'
    const issues = value.map((item, index) => nest(`[${index}]`, check(item)))
    return issues.find((issue) => issue !== undefined)
  }
}

/** Members that are in neither table are refused, unless `allowsOthers`. */
function isObjectOf (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>, allowsOthers = false): Check {
  const members = { ...required, ...optional }
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object'
    const given = value as Readonly<Record<string, unknown>>
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(members, name))
    if (unknown !== undefined && !allowsOthers) return nest(`.${unknown}`, `is not known; the members are ${Object.keys(members).join(', ')}`)
    const issues = Object.entries(members).map(([name, check]) =>
      Object.hasOwn(given, name) || Object.hasOwn(required, name) ? nest(`.${name}`, check(given[name])) : undefined)
    return issues.find((issue) => issue !== undefined)
  }
}

function nest (step: string, issue: string | undefined): string | undefined {
  if (issue === undefined) return undefined
  return /^[.[]/.test(issue) ? `${step}${issue}` : `${step} ${issue}`
}

const isUser = isObjectOf(
  { profile: isObjectOf({ login: isString, email: isString, firstName: isString, lastName: isString }, {}, true), password: isString },
  { id: isString, status: isOneOf<UserStatus>('STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'SUSPENDED', 'DEPROVISIONED'), groups: isArrayOf(isString) }
)
const isGroup = isObjectOf({ name: isString }, { id: isString, description: isString, type: isOneOf<GroupType>('OKTA_GROUP', 'APP_GROUP', 'BUILT_IN') })
const isApplication = isObjectOf(
  {
    clientId: isString,
    label: isString,
    applicationType: isOneOf<SeedApplication['applicationType']>('browser', 'native', 'service', 'web'),
    authMethod: isOneOf<SeedApplication['authMethod']>('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'),
    grantTypes: isArrayOf(isString)
  },
  {
    clientSecret: isString,
    redirectUris: isArrayOf(isString),
    postLogoutRedirectUris: isArrayOf(isString),
    grantedScopes: isArrayOf(isString),
    dpopBoundAccessTokens: isBoolean,
    assignedGroups: isArrayOf(isString),
    assignedUsers: isArrayOf(isString)
  }
)
const isGroupsClaim = isObjectOf({ name: isString, filter: isString }, {})

const MEMBERS = {
  users: isArrayOf(isUser),
  groups: isArrayOf(isGroup),
  applications: isArrayOf(isApplication),
  scopes: isArrayOf(isString),
  groupsClaim: (value) => value === null ? undefined : isGroupsClaim(value)
} as const satisfies Record<keyof LocalOktaSeed, Check>

const isSeed = isObjectOf({}, MEMBERS)

/**
 * Reads a seed from a JSON or JSON5 file. Members that are left out come from the shipped seed.
 *
 * Does NOT check that a named group or app exists: `startLocalOkta` does.
 *
 * @throws {CommandFailure} with the path of the member that is wrong, and its rule
 */
export async function readSeedFile (file: string): Promise<Partial<LocalOktaSeed>> {
  const seed = parse(file, await readText(file))
  const issue = isSeed(seed)
  if (issue !== undefined) throw seedFailure(file, issue.replace(/^\./, ''))
  return seed as Partial<LocalOktaSeed>
}

async function readText (file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw seedFailure(file, (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'the file cannot be read', cause)
  }
}

function parse (file: string, text: string): unknown {
  try {
    return JSON5.parse(text)
  } catch (cause) {
    const { lineNumber, columnNumber } = cause as { lineNumber?: number, columnNumber?: number }
    throw seedFailure(file, `is neither JSON nor JSON5: line ${lineNumber ?? 1}, column ${columnNumber ?? 1}`, cause)
  }
}

function seedFailure (file: string, issue: string, cause?: unknown): CommandFailure {
  return new CommandFailure(`--seed ${file}: ${issue}`, { code: 'seed', cause })
}
