import type { FactorType } from '../../resources/factors/factor.js'

/** What each factor is called among the authentication methods of a token (RFC 8176). */
const METHODS: Readonly<Record<FactorType, string>> = {
  question: 'kba', 'token:software:totp': 'otp', email: 'otp', sms: 'sms', call: 'tel', push: 'swk', webauthn: 'hwk', u2f: 'hwk', 'token:hardware': 'hwk', token: 'otp', 'token:hotp': 'otp'
}

/** The methods of a sign-in by password. */
export const BY_PASSWORD: readonly string[] = ['pwd']

/** The methods so far and a second factor, in the order in which Okta shows them. */
export function withFactor (amr: readonly string[], factorType: FactorType): string[] {
  return [...new Set([...amr, METHODS[factorType], 'mfa'])].sort()
}

/** True if more than one factor was used. */
export function isMultiFactor (amr: readonly string[] | undefined): boolean {
  return amr?.includes('mfa') === true
}
