import type { Kernel } from '../../kernel/kernel.js'
import { NO_FURTHER_NEEDS } from '../authn/sign-in-steps.js'
import type { SignInNeeds } from '../authn/sign-in-steps.js'
import { asksForFactor } from './acr.js'
import { evaluateAppPolicy } from './app-policy.js'
import { enrollmentPolicyOf } from '../../resources/policies/enrollment-policy.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { actionOf, findRule, policiesOf } from '../../resources/policies/rules.js'
import type { DecidingRule, SignOnRequest } from '../../resources/policies/rules.js'
import { isBlocked } from '../../resources/policies/zones.js'

/** A sign-in, for which the policies are evaluated. */
export interface SignInRequest extends SignOnRequest {
  /** The app. Undefined at `/authn`, which signs in to the org. */
  readonly appId?: string | undefined
  /** The levels that the app requests: see {@link requestedLevels}. */
  readonly levels?: readonly string[]
}

/** What a sign-in takes. */
export interface Requirement extends SignInNeeds {
  readonly isAllowed: boolean
  /** The rule that denies it. Undefined if it is allowed, or the client is in a blocked zone. */
  readonly deniedBy: DecidingRule | undefined
  /** How long a sign-in is good for the app. Undefined: as long as the session. */
  readonly reauthenticateSeconds: number | undefined
}

/**
 * What the org and the app require of a sign-in: first the sign-on policies of the org (`OKTA_SIGN_ON`), then the access policy of
 * the app, then the first of the levels that it requests, in Okta's order.
 */
export function requirementOf (kernel: Kernel, { appId, levels = [], ...request }: SignInRequest): Requirement {
  const decidedBy = findRule(kernel, policiesOf(kernel, 'OKTA_SIGN_ON'), request)
  const signOn = actionOf(decidedBy, 'signon')
  const app = appId === undefined ? undefined : evaluateAppPolicy(kernel, appId, request)
  // a sign-in that will be refused takes no second factor
  const refused = { isAllowed: false, ...NO_FURTHER_NEEDS, reauthenticateSeconds: undefined }
  if (isBlocked(kernel, request.ipAddress)) return { ...refused, deniedBy: undefined }
  if (signOn['access'] === 'DENY') return { ...refused, deniedBy: decidedBy }
  if (app?.isAllowed === false) return { ...refused, deniedBy: app.decidedBy }
  const isRequired = signOn['requireFactor'] === true || app?.isMultiFactor === true
  return {
    isAllowed: true,
    deniedBy: undefined,
    secondFactor: isRequired ? 'required' : asksForFactor(levels[0]) ? 'if enrolled' : 'none',
    enrollment: enrollmentPolicyOf(kernel, request),
    mayChangePassword: kernel.store(PasswordPolicies).allows('passwordChange', request),
    reauthenticateSeconds: app?.reauthenticateSeconds
  }
}
