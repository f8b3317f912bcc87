import { forbidden } from '../../kernel/errors.js'
import { isObject, readMember } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Groups } from '../groups/store.js'
import type { RecordRequest } from './definitions.js'
import { Records } from './store.js'
import type { StoredRecord } from './store.js'

/** What Okta makes of itself for a type of policy. */
interface PolicyDefaults {
  readonly policy?: { readonly conditions?: Json, readonly settings: Json }
  readonly rule: Json
}

const ANYWHERE = { network: { connection: 'ANYWHERE' } }
const ALLOW = { access: 'ALLOW' }

const PASSWORD_SETTINGS = {
  password: {
    complexity: {
      minLength: 8, minLowerCase: 1, minUpperCase: 1, minNumber: 1, minSymbol: 0, excludeUsername: true, excludeAttributes: [], dictionary: { common: { exclude: false } }
    },
    age: { maxAgeDays: 0, expireWarnDays: 0, minAgeMinutes: 0, historyCount: 4 },
    lockout: { maxAttempts: 10, autoUnlockMinutes: 0, userLockoutNotificationChannels: [], showLockoutFailures: false }
  },
  recovery: {
    factors: {
      recovery_question: { status: 'ACTIVE', properties: { complexity: { minLength: 4 } } },
      okta_email: { status: 'ACTIVE', properties: { recoveryToken: { tokenLifetimeMinutes: 60 } } },
      okta_sms: { status: 'INACTIVE' },
      okta_call: { status: 'INACTIVE' }
    }
  },
  delegation: { options: { skipUnlock: false } }
}

/** The Default Policy of this org accepts any password, locks no account, and recovers one by phone too: it is for development. */
const ANY_PASSWORD = {
  password: {
    complexity: { minLength: 1, minLowerCase: 0, minUpperCase: 0, minNumber: 0, minSymbol: 0, excludeUsername: false },
    age: { historyCount: 0 },
    lockout: { maxAttempts: 0 }
  },
  recovery: { factors: { okta_sms: { status: 'ACTIVE' }, okta_call: { status: 'ACTIVE' } } }
}

const OPTIONAL = { self: 'OPTIONAL' }

/** Of the Default Policy for enrollment, and of one that names no authenticators: what can be enrolled here may be. */
export const DEFAULT_ENROLLMENT_SETTINGS: Json = {
  type: 'AUTHENTICATORS',
  authenticators: [
    { key: 'okta_email', enroll: OPTIONAL },
    { key: 'okta_password', enroll: { self: 'REQUIRED' } },
    { key: 'security_question', enroll: OPTIONAL },
    { key: 'google_otp', enroll: OPTIONAL },
    { key: 'okta_verify', enroll: OPTIONAL },
    { key: 'phone_number', enroll: OPTIONAL }
  ]
}

const SIGN_ON = {
  access: 'ALLOW',
  requireFactor: false,
  primaryFactor: 'PASSWORD_IDP_ANY_FACTOR',
  rememberDeviceByDefault: false,
  session: { usePersistentCookie: false, maxSessionIdleMinutes: 120, maxSessionLifetimeMinutes: 0 }
}

const PROFILE_ENROLLMENT = {
  ...ALLOW,
  preRegistrationInlineHooks: null,
  profileAttributes: [{ name: 'email', label: 'Email', required: true }],
  targetGroupIds: null,
  unknownUserAction: 'DENY',
  activationRequirements: { emailVerification: true },
  progressiveProfilingAction: 'DISABLED',
  uiSchemaId: null
}

/** The priority of a rule that is always the last one. */
const CATCH_ALL = 99

/**
 * By the type of the policy. The members are Okta's, their values those that its guides show for a new org; except that people
 * may unlock their accounts (`selfServiceUnlock`).
 */
const DEFAULTS: Readonly<Record<string, PolicyDefaults>> = {
  OKTA_SIGN_ON: {
    rule: { type: 'SIGN_ON', name: 'Default Rule', conditions: { ...ANYWHERE, authContext: { authType: 'ANY' } }, actions: { signon: SIGN_ON } }
  },
  PASSWORD: {
    policy: { settings: PASSWORD_SETTINGS, conditions: { authProvider: { provider: 'OKTA' } } },
    rule: { type: 'PASSWORD', name: 'Default Rule', conditions: ANYWHERE, actions: { passwordChange: ALLOW, selfServicePasswordReset: ALLOW, selfServiceUnlock: ALLOW } }
  },
  MFA_ENROLL: {
    policy: { settings: DEFAULT_ENROLLMENT_SETTINGS },
    rule: { type: 'MFA_ENROLL', name: 'Default Rule', conditions: ANYWHERE, actions: { enroll: { self: 'CHALLENGE' } } }
  },
  ACCESS_POLICY: {
    rule: {
      type: 'ACCESS_POLICY',
      name: 'Catch-all Rule',
      priority: CATCH_ALL,
      actions: { appSignOn: { ...ALLOW, verificationMethod: { type: 'ASSURANCE', factorMode: '1FA', reauthenticateIn: 'PT12H', constraints: [] } } }
    }
  },
  PROFILE_ENROLLMENT: { rule: { type: 'PROFILE_ENROLLMENT', name: 'Catch-all Rule', priority: CATCH_ALL, actions: { profileEnrollment: PROFILE_ENROLLMENT } } },
  IDP_DISCOVERY: { rule: { type: 'IDP_DISCOVERY', name: 'Default Rule', conditions: ANYWHERE, actions: { idp: { providers: [{ type: 'OKTA' }] } } } },
  ENTITY_RISK: { rule: { type: 'ENTITY_RISK', name: 'Catch-all Rule', priority: CATCH_ALL, conditions: { riskScore: { level: 'ANY' } }, actions: { entityRisk: { actions: [] } } } },
  POST_AUTH_SESSION: { rule: { type: 'POST_AUTH_SESSION', name: 'Catch-all Rule', priority: CATCH_ALL, actions: { postAuthSession: { failureActions: [] } } } }
}

/** These are for everyone, unless they name groups. */
const FOR_PEOPLE = ['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL']
/** Every policy of these types has a rule from the start, which Okta makes. */
const ALWAYS_WITH_RULE = ['ACCESS_POLICY', 'PROFILE_ENROLLMENT', 'ENTITY_RISK', 'POST_AUTH_SESSION']
/** These have no other rules. */
const SINGLE_RULE = ['PROFILE_ENROLLMENT', 'POST_AUTH_SESSION']

/** Of the Default Policy for passwords. */
export const DEFAULT_PASSWORD_SETTINGS: Json = withDefaults(PASSWORD_SETTINGS, ANY_PASSWORD)

/** The policies that an org has from the start. */
export function defaultPolicies ({ kernel }: Pick<RecordRequest, 'kernel'>): Json[] {
  return Object.keys(DEFAULTS).map((type) => complete(kernel, {
    type,
    name: 'Default Policy',
    description: 'The default policy applies in all situations if no other policy applies.',
    priority: 1,
    ...(type === 'PASSWORD' ? { settings: DEFAULT_PASSWORD_SETTINGS } : {})
  }))
}

/** A policy with what Okta adds to it. */
export function completePolicy (body: Json, { kernel }: RecordRequest): Json {
  return complete(kernel, body)
}

/** The place of a further policy or rule of a type: behind the others, before Okta's own. */
export function nextPriority (kernel: Kernel, path: string, type: unknown): number {
  return kernel.store(Records).in(path).filter(({ system, body }) => !system && body['type'] === type).length + 1
}

/** A policy or a rule as it is shown: one of Okta's own is the last. */
export function withLastPriority (kernel: Kernel, { collection, system, body }: StoredRecord, shown: Json): Json {
  return system && body['priority'] !== CATCH_ALL ? { ...shown, priority: nextPriority(kernel, collection, body['type']) } : shown
}

/** The rules that a policy has from the start. */
export function defaultRules ({ kernel, params }: RecordRequest): Json[] {
  const policy = kernel.store(Records).find('/policies', params['policyId'] ?? '')
  const type = String(policy?.body['type'])
  const rule = DEFAULTS[type]?.rule
  return policy && rule && (policy.system || ALWAYS_WITH_RULE.includes(type)) ? [{ priority: 1, ...rule }] : []
}

/** @throws {OktaApiError} 403 E0000006 for a rule of a policy that has one rule only */
export function checkRule (body: Json, { kernel, params }: RecordRequest): Json {
  const type = String(kernel.store(Records).find('/policies', params['policyId'] ?? '')?.body['type'])
  if (SINGLE_RULE.includes(type)) throw forbidden(`A policy of type ${type} has one rule, which cannot be added to.`)
  return body
}

function complete (kernel: Kernel, body: Json): Json {
  const type = String(body['type'])
  const { conditions = {}, settings } = DEFAULTS[type]?.policy ?? {}
  const sent = readMember(body, 'settings')
  const people = { people: { groups: { include: [everyoneId(kernel)] } } }
  return {
    ...body,
    ...(FOR_PEOPLE.includes(type) ? { conditions: { ...people, ...conditions, ...readMember(body, 'conditions') } } : {}),
    // factors are what the Classic Engine has for authenticators
    ...(settings === undefined || isObject(sent['factors']) ? {} : { settings: withDefaults(settings, sent) })
  }
}

// member by member: a policy that sets the length of passwords has Okta's other rules for them
function withDefaults (defaults: Json, sent: Json): Json {
  const names = new Set([...Object.keys(defaults), ...Object.keys(sent)])
  return Object.fromEntries([...names].map((name) => {
    const [known, given] = [defaults[name], sent[name]]
    return [name, given === undefined || given === null ? known : isObject(known) && isObject(given) ? withDefaults(known, given) : given]
  }))
}

function everyoneId (kernel: Kernel): string {
  return kernel.store(Groups).all().find(({ type }) => type === 'BUILT_IN')?.id ?? ''
}
