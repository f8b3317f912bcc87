import type { Kernel } from '../../kernel/kernel.js'
import type { EventClient, EventTarget } from '../../kernel/system-log.js'
import { appTarget } from '../../resources/apps/events.js'
import { Applications } from '../../resources/apps/store.js'
import type { DecidingRule } from '../../resources/policies/rules.js'
import type { StoredRecord } from '../../resources/crud/store.js'
import { userActor } from '../../resources/users/events.js'
import type { User } from '../../resources/users/user.js'

/** A sign-in that the rule of a policy denies. */
interface DeniedSignIn {
  readonly user: User
  /** Undefined at `/authn`, which signs in to the org. */
  readonly appId?: string | undefined
  /** Undefined if the client is in a blocked zone: no policy is evaluated then. */
  readonly deniedBy: DecidingRule | undefined
  /** Default: that of the request which is handled. */
  readonly client?: EventClient
}

/** Writes into the System Log that a policy denies a sign-in. Does NOT write those that it allows, as Okta does. */
export function announceDenial (kernel: Kernel, { user, appId = '', deniedBy, client }: DeniedSignIn): void {
  if (!deniedBy) return
  const app = kernel.store(Applications).findById(appId)
  const targets = [recordTarget('PolicyEntity', deniedBy.policy), recordTarget('PolicyRule', deniedBy.rule), ...(app ? [appTarget(app)] : [])]
  kernel.log.within({ actor: userActor(user), ...(client && { client }) }, () => {
    kernel.log.announceOutcome('policy.evaluate_sign_on', { result: 'DENY', reason: 'Sign-on policy evaluation resulted in DENY' }, ...targets)
  })
}

function recordTarget (type: string, { key, body }: StoredRecord): EventTarget {
  return { id: key, type, alternateId: 'unknown', displayName: String(body['name']) }
}
