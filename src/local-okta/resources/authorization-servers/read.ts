import { invalid } from '../../kernel/errors.js'
import { isObject, readMember, readObject, readOptionalText, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { ServerClaim, ServerPolicy, ServerRule, ServerScope } from './authorization-server.js'
import type { NewAuthorizationServer } from './store.js'

type Fields<E> = Omit<E, 'id' | 'created' | 'lastUpdated' | 'serverId' | 'policyId' | 'system'>

const MAX_LIFETIME_MINUTES = 24 * 60
const MIN_LIFETIME_MINUTES = 5

/** Reads a server. @throws {OktaApiError} 400 E0000001 */
export function readServer (body: unknown): Required<Omit<NewAuthorizationServer, 'id'>> {
  const json = readObject(body)
  const audiences = readTexts(json, 'audiences')
  if (audiences.length !== 1) throw invalid('audiences', 'Exactly one audience must be specified.')
  return { name: readText(json, 'name'), description: readOptionalText(json, 'description') ?? '', audiences }
}

/** Reads a scope. @throws {OktaApiError} 400 E0000001 */
export function readScope (body: unknown): Fields<ServerScope> {
  const json = readObject(body)
  const name = readText(json, 'name')
  if (/[\s"\\]/.test(name) || name.startsWith('okta.')) throw invalid('name', 'The name cannot have spaces, quotation marks or backslashes, nor begin with okta.')
  return {
    name,
    displayName: readOptionalText(json, 'displayName') ?? null,
    description: readOptionalText(json, 'description') ?? null,
    consent: readOneOf(json, 'consent', ['IMPLICIT', 'REQUIRED', 'FLEXIBLE']),
    default: readBoolean(json, 'default', false),
    optional: readBoolean(json, 'optional', false),
    metadataPublish: readOneOf(json, 'metadataPublish', ['NO_CLIENTS', 'ALL_CLIENTS'])
  }
}

/** Reads a claim. @throws {OktaApiError} 400 E0000001 */
export function readClaim (body: unknown): Fields<ServerClaim> {
  const json = readObject(body)
  const valueType = readOneOf(json, 'valueType', ['EXPRESSION', 'GROUPS', 'SYSTEM'])
  const filterType = valueType === 'GROUPS' ? readOneOf<NonNullable<ServerClaim['group_filter_type']>>(json, 'group_filter_type', ['STARTS_WITH', 'EQUALS', 'CONTAINS', 'REGEX']) : null
  const value = readText(json, 'value')
  if (filterType === 'REGEX' && !isRegularExpression(value)) throw invalid('value', 'must be a regular expression')
  return {
    name: readText(json, 'name'),
    status: readStatus(json),
    claimType: readOneOf(json, 'claimType', ['RESOURCE', 'IDENTITY']),
    valueType,
    value,
    group_filter_type: filterType,
    conditions: { scopes: readTexts(readMember(json, 'conditions'), 'scopes') },
    alwaysIncludeInToken: readBoolean(json, 'alwaysIncludeInToken', true)
  }
}

/** Reads an access policy; `priority` is undefined if it is left out. @throws {OktaApiError} 400 E0000001 */
export function readPolicy (body: unknown): Omit<Fields<ServerPolicy>, 'priority'> & { priority: number | undefined } {
  const json = readObject(body)
  return {
    name: readText(json, 'name'),
    description: readOptionalText(json, 'description') ?? '',
    priority: readInteger(json, 'priority', 1, Infinity),
    status: readStatus(json),
    conditions: { clients: { include: readInclude(readMember(json, 'conditions'), 'clients') } }
  }
}

/** Reads a rule; `priority` is undefined if it is left out. @throws {OktaApiError} 400 E0000001 */
export function readRule (body: unknown): Omit<Fields<ServerRule>, 'priority'> & { priority: number | undefined } {
  const json = readObject(body)
  const conditions = readMember(json, 'conditions')
  const people = readMember(conditions, 'people')
  const token = readMember(readMember(json, 'actions'), 'token')
  const grantTypes = readInclude(conditions, 'grantTypes')
  if (grantTypes.length === 0) throw invalid('conditions.grantTypes', 'The field cannot be left blank')
  return {
    name: readText(json, 'name'),
    priority: readInteger(json, 'priority', 1, Infinity),
    status: readStatus(json),
    conditions: {
      people: { users: readIncludeAndExclude(people, 'users'), groups: readIncludeAndExclude(people, 'groups') },
      grantTypes: { include: grantTypes },
      scopes: { include: readInclude(conditions, 'scopes') }
    },
    actions: {
      token: {
        accessTokenLifetimeMinutes: readInteger(token, 'accessTokenLifetimeMinutes', MIN_LIFETIME_MINUTES, MAX_LIFETIME_MINUTES) ?? 60,
        refreshTokenLifetimeMinutes: readInteger(token, 'refreshTokenLifetimeMinutes', 0, Infinity) ?? 0,
        refreshTokenWindowMinutes: readInteger(token, 'refreshTokenWindowMinutes', 0, Infinity) ?? 7 * 24 * 60
      }
    }
  }
}

function isRegularExpression (text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

function readIncludeAndExclude (json: Json, name: string): { include: string[], exclude: string[] } {
  const member = readMember(json, name)
  return { include: readTexts(member, 'include'), exclude: readTexts(member, 'exclude') }
}

function readInclude (json: Json, name: string): string[] {
  return readTexts(readMember(json, name), 'include')
}

function readStatus (json: Json): 'ACTIVE' | 'INACTIVE' {
  return readOneOf(json, 'status', ['ACTIVE', 'INACTIVE'])
}

// the first of the values if it is left out
function readOneOf<T extends string> (json: Json, name: string, values: readonly [T, ...T[]]): T {
  const text = readOptionalText(json, name) ?? values[0]
  const value = values.find((known) => known === text)
  if (value === undefined) throw invalid(name, `must be one of ${values.join(', ')}`)
  return value
}

function readBoolean (json: Json, name: string, fallback: boolean): boolean {
  const value = json[name] ?? fallback
  if (typeof value !== 'boolean') throw invalid(name, 'must be a boolean')
  return value
}

function readInteger (json: Json, name: string, min: number, max: number): number | undefined {
  const value = json[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max || isObject(value)) {
    throw invalid(name, `must be an integer of ${min} or more${max === Infinity ? '' : `, and ${max} at most`}`)
  }
  return value
}
