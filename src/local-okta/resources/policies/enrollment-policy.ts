import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Factor } from '../factors/factor.js'
import { Groups } from '../groups/store.js'
import { DEFAULT_ENROLLMENT_SETTINGS } from '../crud/policy-defaults.js'
import { actionOf, findPolicy, findRule, member, policiesOf } from './rules.js'
import type { SignOnRequest } from './rules.js'

/** The kind of a factor. */
type FactorKind = Pick<Factor, 'factorType' | 'provider'>

/** A kind of factor that a user may enroll at a sign-in. */
export interface EnrollableFactor extends FactorKind {
  /** The authenticator that it is of, in the words of the policy. Of several factors of one authenticator, one is enough. */
  readonly authenticator: string
  readonly isRequired: boolean
}

/** What the enrollment policy of a user says. */
export interface EnrollmentPolicy {
  readonly enrollable: readonly EnrollableFactor[]
  /** When required factors are enrolled: at any sign-in, at one that takes a second factor, or never. */
  readonly when: 'LOGIN' | 'CHALLENGE' | 'NEVER'
}

const TOTP = 'token:software:totp'
/** By the keys of authenticators, and by those of the factors of the Classic Engine. Those that need a device cannot be enrolled at a sign-in here. */
const KINDS: Readonly<Record<string, readonly FactorKind[]>> = {
  security_question: [{ factorType: 'question', provider: 'OKTA' }],
  okta_question: [{ factorType: 'question', provider: 'OKTA' }],
  okta_verify: [{ factorType: TOTP, provider: 'OKTA' }],
  okta_otp: [{ factorType: TOTP, provider: 'OKTA' }],
  google_otp: [{ factorType: TOTP, provider: 'GOOGLE' }],
  okta_email: [{ factorType: 'email', provider: 'OKTA' }],
  phone_number: [{ factorType: 'sms', provider: 'OKTA' }, { factorType: 'call', provider: 'OKTA' }],
  okta_sms: [{ factorType: 'sms', provider: 'OKTA' }],
  okta_call: [{ factorType: 'call', provider: 'OKTA' }]
}

/**
 * The enrollment policy (`MFA_ENROLL`) of a user who signs in: the first active one for a group of the user. What it does not name
 * cannot be enrolled. Does NOT look at grace periods.
 */
export function enrollmentPolicyOf (kernel: Kernel, request: SignOnRequest): EnrollmentPolicy {
  const { id: userId } = request.user
  const policy = findPolicy(kernel, 'MFA_ENROLL', { userId, groupIds: kernel.store(Groups).ofUser(userId).map(({ id }) => id) })
  const settings = policy === undefined ? DEFAULT_ENROLLMENT_SETTINGS : member(policy.body, 'settings')
  const { self } = actionOf(findRule(kernel, policiesOf(kernel, 'MFA_ENROLL'), request), 'enroll')
  return { enrollable: readAuthenticators(settings), when: self === 'LOGIN' || self === 'NEVER' ? self : 'CHALLENGE' }
}

/** True if a factor of each required authenticator is active. */
export function hasRequiredFactors (enrollable: readonly EnrollableFactor[], active: readonly Factor[]): boolean {
  const enrolled = new Set(enrollable.filter((kind) => active.some((factor) => isOfKind(factor, kind))).map(({ authenticator }) => authenticator))
  return enrollable.every(({ isRequired, authenticator }) => !isRequired || enrolled.has(authenticator))
}

/** True if a factor is of this kind. */
export function isOfKind (factor: FactorKind, { factorType, provider }: FactorKind): boolean {
  return factor.factorType === factorType && factor.provider === provider
}

// authenticators in an array, or factors by their keys
function readAuthenticators ({ authenticators, factors }: Json): EnrollableFactor[] {
  const entries: Array<readonly [unknown, unknown]> = Array.isArray(authenticators)
    ? authenticators.filter(isObject).map((authenticator) => [authenticator['key'], authenticator['enroll']])
    : Object.entries(isObject(factors) ? factors : {}).map(([key, factor]) => [key, isObject(factor) ? factor['enroll'] : undefined])
  return entries.flatMap(([key, enroll]) => {
    const self = isObject(enroll) ? enroll['self'] : undefined
    const kinds = Object.hasOwn(KINDS, String(key)) ? KINDS[String(key)] ?? [] : []
    return self === 'OPTIONAL' || self === 'REQUIRED' ? kinds.map((kind) => ({ ...kind, authenticator: String(key), isRequired: self === 'REQUIRED' })) : []
  })
}
