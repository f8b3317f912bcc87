import type { EventActor, OrgEvent } from '../../kernel/system-log.js'
import { CREDENTIAL_CHANGE, SESSION_REVOKED } from './stream.js'

/** A CAEP event that comes of an event of the org. */
export interface SecurityEvent {
  readonly type: string
  readonly event: Readonly<Record<string, unknown>>
}

/** What happened to a credential, as Okta says it. */
interface CredentialChange {
  readonly credential_type: string
  readonly change_type: 'create' | 'revoke' | 'update' | 'delete'
  readonly friendly_name?: string
  readonly reason?: string
}

const PASSWORD = { credential_type: 'password', change_type: 'revoke', friendly_name: 'PASSWORD_AS_FACTOR' } as const

/** By the event of the System Log. As Okta prints them; of a factor that the event names, the kind is that factor's. */
const CREDENTIAL_CHANGES: Readonly<Record<string, CredentialChange>> = {
  'user.account.reset_password': { ...PASSWORD, reason: 'User reset password for Okta' },
  'user.account.update_password': { ...PASSWORD, reason: 'User update password for Okta' },
  'user.mfa.factor.activate': { credential_type: 'fido2-roaming', change_type: 'create', friendly_name: 'FIDO_WEBAUTHN', reason: 'Activate factor for user' },
  'user.mfa.factor.deactivate': { credential_type: 'x509', change_type: 'delete', friendly_name: 'SMART_CARD', reason: 'Reset factor for user' },
  'user.mfa.factor.reset_all': { credential_type: 'ALL_FACTORS', change_type: 'revoke', friendly_name: 'ALL_FACTORS' },
  'user.mfa.factor.suspend': { credential_type: 'ALL_FACTORS', change_type: 'update', reason: 'Suspend factor for user' },
  'user.mfa.factor.unsuspend': { credential_type: 'ALL_FACTORS', change_type: 'update', reason: 'Unsuspend factor for user' },
  'user.mfa.factor.update': { credential_type: 'ALL_FACTORS', change_type: 'update', reason: 'Update factor for user' }
}

/** Okta's credential types, by the `factorType` that a target of the event names. */
const FACTORS: Readonly<Record<string, Pick<CredentialChange, 'credential_type' | 'friendly_name'>>> = {
  call: { credential_type: 'phone-voice', friendly_name: 'CALL_FACTOR' },
  email: { credential_type: 'EMAIL_FACTOR', friendly_name: 'EMAIL_FACTOR' },
  push: { credential_type: 'OKTA_VERIFY_PUSH', friendly_name: 'OKTA_VERIFY_PUSH' },
  question: { credential_type: 'SECURITY_QUESTION', friendly_name: 'SECURITY_QUESTION' },
  sms: { credential_type: 'phone-sms', friendly_name: 'SMS_FACTOR' },
  'token:hotp': { credential_type: 'HOTP_FACTOR', friendly_name: 'HOTP_FACTOR' },
  'token:software:totp': { credential_type: 'TOTP', friendly_name: 'TOTP' },
  u2f: { credential_type: 'fido-u2f', friendly_name: 'FIDO_U2F' },
  webauthn: { credential_type: 'fido2-roaming', friendly_name: 'FIDO_WEBAUTHN' }
}

/**
 * The security event for what happened in the org. Undefined for what Okta does not transmit, such as deactivation, and for
 * failures. `event_timestamp` is in milliseconds, as in Okta's examples; CAEP 1.0 has seconds.
 */
export function toSecurityEvent (orgUrl: string, event: OrgEvent): SecurityEvent | undefined {
  const { eventType, published, outcome, targets } = event
  const user = targets.find(({ type }) => type === 'User')
  if (user === undefined || outcome.result !== 'SUCCESS') return undefined
  const common = { subject: { format: 'iss_sub', iss: orgUrl, sub: user.id }, event_timestamp: Date.parse(published) }
  if (eventType === 'user.session.end') {
    return { type: SESSION_REVOKED, event: { ...common, reason_admin: { en: 'User logout from Okta' } } }
  }
  const change = CREDENTIAL_CHANGES[eventType]
  if (change === undefined) return undefined
  const { reason, ...members } = { ...change, ...factorOf(event) }
  return {
    type: CREDENTIAL_CHANGE,
    event: {
      ...common, ...members, initiating_entity: initiatorOf(event.actor, user.id), ...(reason === undefined ? {} : { reason_admin: { en: reason } })
    }
  }
}

function factorOf ({ eventType, targets }: OrgEvent): Partial<CredentialChange> {
  if (!eventType.startsWith('user.mfa.factor.')) return {}
  return targets.map(({ alternateId }) => FACTORS[alternateId]).find((factor) => factor !== undefined) ?? {}
}

function initiatorOf ({ id, type }: EventActor, userId: string): 'admin' | 'user' | 'system' {
  if (type !== 'User') return 'system'
  return id === userId ? 'user' : 'admin'
}
