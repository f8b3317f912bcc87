import type { ServiceSettings } from '../settings/service-settings.js'
import type { Issuer } from './issuer.js'
import type { Org } from './org.js'

/** The checks of `fastify-okta doctor`, in the order of the report. */
export const CHECK_IDS = [
  'issuer.form', 'issuer.discovery', 'issuer.keys', 'clock', 'audience', 'server.policy', 'scopes', 'client.type', 'client.redirect',
  'client.assigned', 'client.everyone', 'cors', 'directory.token', 'directory.rights', 'group.exists', 'group.members', 'groups.claim',
  'eventhook', 'securityevents', 'redis', 'publicurl'
] as const

export type CheckId = typeof CHECK_IDS[number]

/** `skipped`: not checked, and `seen` says why. Only `fail` makes the whole report not ok. */
export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skipped'

/** What a check found out. */
export interface Finding {
  readonly status: CheckStatus
  /** What is there; of a check that was skipped, why it was. Holds no secret. */
  readonly seen: string
  /** How to correct it: the setting, or the way in Okta's Admin Console. Empty if there is nothing to correct. */
  readonly fix: string
}

/** One line of the report. */
export interface CheckResult extends Finding {
  /** A {@link CheckId}; `settings` for settings that no check is about, and with which the service does not start. */
  readonly id: CheckId | 'settings'
  /** Why it matters. */
  readonly why: string
}

/** What the checks share. Everything is read once. */
export interface DoctorContext {
  readonly settings: ServiceSettings
  readonly issuer: Issuer
  readonly org: Org
}

export interface Check {
  readonly id: CheckId
  readonly why: string
  /** Checks without which this one says nothing: if one of them fails or is skipped, this one is skipped. */
  readonly needs?: readonly CheckId[]
  /** @throws {CannotCheck} it cannot be checked from here */
  readonly run: (context: DoctorContext) => Promise<Finding>
}

/** Why something cannot be checked, in words for the report. */
export class CannotCheck extends Error {
  override readonly name = 'CannotCheck'
}

export function ok (seen: string): Finding {
  return { status: 'ok', seen, fix: '' }
}

export function warn (seen: string, fix: string): Finding {
  return { status: 'warn', seen, fix }
}

export function fail (seen: string, fix: string): Finding {
  return { status: 'fail', seen, fix }
}

export function skipped (seen: string): Finding {
  return { status: 'skipped', seen, fix: '' }
}
