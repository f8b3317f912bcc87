import { invalid } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Groups } from '../groups/store.js'
import { DEFAULT_PASSWORD_SETTINGS } from '../crud/policy-defaults.js'
import type { User, UserProfile } from '../users/user.js'
import { isCommonPassword } from './common-passwords.js'
import { actionOf, findPolicy, findRule, member, policiesOf } from './rules.js'
import type { SignOnRequest } from './rules.js'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const MIN_PART_LENGTH = 4
const COMMON = 'This password was found in a list of commonly used passwords. Please try another password.'

/** What a password must have, in the words of the API. */
interface PasswordComplexity {
  readonly minLength: number
  readonly minLowerCase: number
  readonly minUpperCase: number
  readonly minNumber: number
  readonly minSymbol: number
  readonly excludeUsername: boolean
  /** Of `firstName` and `lastName`. */
  readonly excludeAttributes: readonly string[]
}

/** What the password policy of a user says. */
export interface PasswordPolicy {
  readonly complexity: PasswordComplexity
  /** True if common passwords are refused. */
  readonly excludesCommon: boolean
  /** How many of the last passwords cannot be used again. 0: any can. */
  readonly historyCount: number
  /** How old a password must be before its user may change it. 0: any age. */
  readonly minAgeMinutes: number
  /** How old a password may be. 0: any age. */
  readonly maxAgeMs: number
  /** How long before it expires the user is warned. 0: not at all. */
  readonly expireWarnMs: number
  /** After how many wrong passwords in a row an account is locked. 0: never. */
  readonly maxAttempts: number
  /** After how many milliseconds a locked account is unlocked by itself. 0: it is not. */
  readonly autoUnlockMs: number
  /** True if a sign-in says that the account is locked. */
  readonly showsLockout: boolean
  /** What an account is recovered with, such as `okta_email`. */
  readonly recoveryFactors: readonly string[]
}

/** Of whose profile no part may be in the password. */
type PasswordOwner = Pick<UserProfile, 'login' | 'firstName' | 'lastName'>

/** What a rule of a password policy lets people do for themselves. */
type SelfService = 'passwordChange' | 'selfServicePasswordReset' | 'selfServiceUnlock'

/** The password policies of the org, which are kept among the records. */
export class PasswordPolicies {
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** The policy of a user: the first active one for a group of the user. Does NOT compare `authProvider`. */
  of ({ id }: Pick<User, 'id'>): PasswordPolicy {
    return this.#find(id, this.#kernel.store(Groups).ofUser(id).map((group) => group.id))
  }

  /** How many milliseconds are left until the password of a user expires. `Infinity`: it does not. */
  expiresInMs (user: User): number {
    const { maxAgeMs } = this.of(user)
    if (maxAgeMs === 0 || user.passwordChanged === null) return Infinity
    return Date.parse(user.passwordChanged) + maxAgeMs - this.#kernel.clock.now()
  }

  /** Refuses a password that a user cannot have next. @throws {OktaApiError} 400 E0000001 */
  require (user: User, password: string): void {
    requireComplexity(this.of(user), password, user.profile)
  }

  /** Refuses a password of a user who is about to be created in these groups, and in `Everyone`. @throws {OktaApiError} 400 E0000001 */
  requireOfNewUser (groupIds: readonly string[], password: string, owner: PasswordOwner): void {
    const everyone = this.#kernel.store(Groups).all().filter(({ type }) => type === 'BUILT_IN')
    requireComplexity(this.#find('', [...everyone.map(({ id }) => id), ...groupIds]), password, owner)
  }

  /**
   * Why a user cannot choose this password, in Okta's words. Undefined: it can be chosen. A password that must be changed
   * (`mustChange`) may be of any age: one that an administrator has set is new (unconfirmed).
   */
  refusalOf (user: User, password: string, { mustChange }: { mustChange: boolean }): string | undefined {
    const policy = this.of(user)
    const { profile, formerPasswords = [], password: current } = user
    const refusal = complexityRefusal(policy, password, profile)
    if (refusal !== undefined) return refusal
    const isUsed = policy.historyCount > 0 && [...formerPasswords, current].slice(-policy.historyCount).includes(password)
    if (isUsed) return 'Password has been used too recently'
    return mustChange || !this.#isTooYoung(user, policy) ? undefined : minAgeRefusal(policy)
  }

  /** True if the rules let a user do this. Without a rule that holds: true. */
  allows (action: SelfService, request: SignOnRequest): boolean {
    return actionOf(findRule(this.#kernel, policiesOf(this.#kernel, 'PASSWORD'), request), action)['access'] !== 'DENY'
  }

  #isTooYoung ({ passwordChanged }: User, { minAgeMinutes }: PasswordPolicy): boolean {
    return passwordChanged !== null && this.#kernel.clock.now() < Date.parse(passwordChanged) + minAgeMinutes * MINUTE_MS
  }

  #find (userId: string, groupIds: readonly string[]): PasswordPolicy {
    // the default policies are made when they are first read
    const policy = findPolicy(this.#kernel, 'PASSWORD', { userId, groupIds })
    return readPolicy(policy === undefined ? DEFAULT_PASSWORD_SETTINGS : member(policy.body, 'settings'))
  }
}

function requireComplexity (policy: PasswordPolicy, password: string, owner: PasswordOwner): void {
  const refusal = complexityRefusal(policy, password, owner)
  if (refusal !== undefined) throw invalid('password', refusal)
}

/**
 * Why a password does not meet the requirements, in Okta's words. Undefined: it does. Does NOT evaluate an expression
 * (`oelStatement`).
 */
function complexityRefusal ({ complexity, excludesCommon }: PasswordPolicy, password: string, profile: PasswordOwner): string | undefined {
  const { minLength, minLowerCase, minUpperCase, minNumber, minSymbol, excludeUsername, excludeAttributes } = complexity
  const requirements: ReadonlyArray<readonly [isRequired: boolean, isMet: boolean, words: string]> = [
    [minLength > 0, [...password].length >= minLength, `at least ${minLength} characters`],
    [minLowerCase > 0, count(password, /\p{Ll}/gu) >= minLowerCase, 'a lowercase letter'],
    [minUpperCase > 0, count(password, /\p{Lu}/gu) >= minUpperCase, 'an uppercase letter'],
    [minNumber > 0, count(password, /\p{Nd}/gu) >= minNumber, 'a number'],
    [minSymbol > 0, count(password, /[^\p{L}\p{Nd}\s]/gu) >= minSymbol, 'a symbol'],
    [excludeUsername, !partsOf(profile.login).some((part) => includes(password, part)), 'no parts of your username'],
    [excludeAttributes.includes('firstName'), !includes(password, profile.firstName), 'does not include your first name'],
    [excludeAttributes.includes('lastName'), !includes(password, profile.lastName), 'does not include your last name']
  ]
  const required = requirements.filter(([isRequired]) => isRequired)
  if (required.every(([, isMet]) => isMet)) return excludesCommon && isCommonPassword(password) ? COMMON : undefined
  return `Password requirements were not met. Password requirements: ${required.map(([, , words]) => words).join(', ')}.`
}

// in hours if they are whole ones, as Okta's Sign-In Widget says it
function minAgeRefusal ({ minAgeMinutes }: PasswordPolicy): string {
  const age = minAgeMinutes % 60 === 0 ? `${minAgeMinutes / 60} hour(s)` : `${minAgeMinutes} minute(s)`
  return `At least ${age} must have elapsed since you last changed your password.`
}

function count (password: string, kind: RegExp): number {
  return password.match(kind)?.length ?? 0
}

function includes (password: string, value: string | null | undefined): boolean {
  return typeof value === 'string' && value !== '' && password.toLowerCase().includes(value.toLowerCase())
}

/** The whole username, and its parts of four characters or more. */
function partsOf (login: string): string[] {
  return [login, ...login.split(/[,.\-_#@]/).filter((part) => part.length >= MIN_PART_LENGTH)]
}

function readPolicy (settings: Json): PasswordPolicy {
  const password = member(settings, 'password')
  const [complexity, age, lockout] = [member(password, 'complexity'), member(password, 'age'), member(password, 'lockout')]
  const factors = member(member(settings, 'recovery'), 'factors')
  return {
    complexity: readComplexity(complexity),
    excludesCommon: member(member(complexity, 'dictionary'), 'common')['exclude'] === true,
    historyCount: numberOf(age['historyCount']),
    minAgeMinutes: numberOf(age['minAgeMinutes']),
    maxAgeMs: numberOf(age['maxAgeDays']) * DAY_MS,
    expireWarnMs: numberOf(age['expireWarnDays']) * DAY_MS,
    maxAttempts: numberOf(lockout['maxAttempts']),
    autoUnlockMs: numberOf(lockout['autoUnlockMinutes']) * MINUTE_MS,
    showsLockout: lockout['showLockoutFailures'] === true,
    recoveryFactors: Object.keys(factors).filter((name) => member(factors, name)['status'] === 'ACTIVE')
  }
}

function readComplexity (complexity: Json): PasswordComplexity {
  const { excludeAttributes } = complexity
  return {
    minLength: numberOf(complexity['minLength']),
    minLowerCase: numberOf(complexity['minLowerCase']),
    minUpperCase: numberOf(complexity['minUpperCase']),
    minNumber: numberOf(complexity['minNumber']),
    minSymbol: numberOf(complexity['minSymbol']),
    excludeUsername: complexity['excludeUsername'] === true,
    excludeAttributes: Array.isArray(excludeAttributes) ? excludeAttributes.map(String) : []
  }
}

// policies are kept as they were written
function numberOf (value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
}
