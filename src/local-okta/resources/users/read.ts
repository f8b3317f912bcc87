import { invalid } from '../../kernel/errors.js'
import { isObject, readMember, readObject, readOptionalText, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { DEFAULT_TYPE_ID } from './user.js'
import type { AuthenticationProvider, User, UserProfile } from './user.js'

const EMAIL = /^[^\s@]+@[^\s@]+$/
const MAX_LOGIN_LENGTH = 100
const MAX_NAME_LENGTH = 50
const PROVIDERS = ['OKTA', 'IMPORT', 'FEDERATION', 'SOCIAL', 'ACTIVE_DIRECTORY', 'LDAP'] as const

/** What a request says of a user's credentials. Undefined: nothing. */
export interface CredentialsRequest {
  readonly password: string | undefined
  /** True if the password comes as a hash, or is left to a password hook. */
  readonly isImported: boolean
  readonly provider: AuthenticationProvider | undefined
  /** The answer is undefined if a client sends back what it has read. */
  readonly recoveryQuestion: { readonly question: string, readonly answer: string | undefined } | undefined
}

/** The body of a request that creates or changes a user. */
export interface UserRequest {
  /** Not yet checked: a partial update is checked once it is put over the user's. */
  readonly profile: Json
  readonly credentials: CredentialsRequest
  readonly groupIds: readonly string[]
  readonly typeId: string | undefined
  readonly realmId: string | undefined
}

/** Reads a body. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readUserRequest (body: unknown): UserRequest {
  const json = readObject(body)
  return {
    profile: readMember(json, 'profile'),
    credentials: readCredentials(readMember(json, 'credentials')),
    groupIds: readTexts(json, 'groupIds'),
    typeId: readTypeId(json['type']),
    realmId: readOptionalText(json, 'realmId')
  }
}

/** Checks a whole profile. Unknown attributes are kept, as an org with these in its schema does. */
export function readProfile (profile: Json): UserProfile {
  const [login, email] = [readText(profile, 'login'), readText(profile, 'email')]
  if (!EMAIL.test(login)) throw invalid('login', 'Username must be in the form of an email address')
  if (login.length > MAX_LOGIN_LENGTH) throw invalid('login', 'The field is too long')
  if (!EMAIL.test(email)) throw invalid('email', 'Does not match required pattern')
  return { ...profile, login, email, firstName: readName(profile, 'firstName'), lastName: readName(profile, 'lastName') }
}

/** Reads `credentials`. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readCredentials (credentials: Json): CredentialsRequest {
  const password = readMember(credentials, 'password')
  return {
    password: password['value'] === undefined ? undefined : readText(password, 'value'),
    isImported: isImported(password),
    provider: credentials['provider'] === undefined ? undefined : readProvider(readMember(credentials, 'provider')),
    recoveryQuestion: credentials['recovery_question'] === undefined ? undefined : readQuestion(readMember(credentials, 'recovery_question'))
  }
}

/** Profile attributes that a full update does not name become null. */
export function clearedProfile (user: User): Json {
  return Object.fromEntries(Object.keys(user.profile).map((name) => [name, null]))
}

function readName (profile: Json, name: string): string {
  const text = readText(profile, name)
  if (text.length > MAX_NAME_LENGTH) throw invalid(name, 'The field is too long')
  return text
}

function isImported (password: Json): boolean {
  const { hash, hook } = password
  if (hash !== undefined) readText(readMember(password, 'hash'), 'algorithm')
  return isObject(hash) || isObject(hook)
}

function readProvider (provider: Json): AuthenticationProvider {
  const type = readText(provider, 'type')
  const known = PROVIDERS.find((name) => name === type)
  if (!known) throw invalid('provider.type', `must be one of ${PROVIDERS.join(', ')}`)
  return { type: known, name: readOptionalText(provider, 'name') ?? known }
}

function readQuestion (question: Json): { question: string, answer: string | undefined } {
  return { question: readText(question, 'question'), answer: readOptionalText(question, 'answer') }
}

function readTypeId (type: unknown): string | undefined {
  if (type === undefined || type === null) return undefined
  return readOptionalText(readObject(type), 'id') ?? DEFAULT_TYPE_ID
}
