import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { PolicyMappings } from '../../resources/policies/policy-mappings.js'
import { Records } from '../../resources/crud/store.js'
import { actionOf, findRule, member } from '../../resources/policies/rules.js'
import type { DecidingRule, SignOnRequest } from '../../resources/policies/rules.js'

/** What the access policy of an app says of a sign-in. */
interface AppSignOn {
  /** False if the rule denies it, or requires an authenticator that is bound to a device: there are none here. */
  readonly isAllowed: boolean
  readonly isMultiFactor: boolean
  /** How long a sign-in is good for the app. Undefined: as long as the session. */
  readonly reauthenticateSeconds: number | undefined
  /** Undefined if no rule holds. */
  readonly decidedBy: DecidingRule | undefined
}

/** Evaluates the access policy of an app: the one it was given, or the default one. If no rule holds, one factor is enough. */
export function evaluateAppPolicy (kernel: Kernel, appId: string, request: SignOnRequest): AppSignOn {
  const policies = kernel.store(Records).in('/policies').filter(({ body }) => body['type'] === 'ACCESS_POLICY')
  const mappings = kernel.store(PolicyMappings)
  const own = policies.find((policy) => mappings.of(policy).some(({ body }) => body['resourceId'] === appId))
  const policy = own ?? policies.find(({ system }) => system)
  const decidedBy = policy && findRule(kernel, [policy], request)
  return { decidedBy, ...readAppSignOn(actionOf(decidedBy, 'appSignOn')) }
}

function readAppSignOn (appSignOn: Json): Omit<AppSignOn, 'decidedBy'> {
  const method = member(appSignOn, 'verificationMethod')
  return {
    isAllowed: appSignOn['access'] !== 'DENY' && !needsDevice(method),
    isMultiFactor: method['type'] === 'AUTH_METHOD_CHAIN' ? objectsOf(method['chains']).every((chain) => objectsOf(chain['next']).length > 0) : method['factorMode'] === '2FA',
    reauthenticateSeconds: secondsOf(method['reauthenticateIn'])
  }
}

function needsDevice ({ constraints }: Json): boolean {
  const possessions = objectsOf(constraints).map((constraint) => member(constraint, 'possession'))
  return possessions.length > 0 && possessions.every((possession) =>
    ['phishingResistant', 'hardwareProtection', 'deviceBound'].some((name) => possession[name] === 'REQUIRED'))
}

function objectsOf (value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** An ISO 8601 duration of days, hours, minutes and seconds. Undefined for another string. */
function secondsOf (duration: unknown): number | undefined {
  const [match, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(String(duration)) ?? []
  if (match === undefined) return undefined
  return Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
}
