import type { Json } from '../../kernel/json.js'
import type { Entity } from '../../kernel/store.js'
import type { DeviceFactorType, DeviceProvider } from './device-factors.js'

/** The kinds of factors that can be used here, beside those that need a device. */
export const FACTOR_TYPES = ['question', 'token:software:totp', 'email', 'sms', 'call'] as const

export type FactorType = typeof FACTOR_TYPES[number] | DeviceFactorType

/** A one-time code that was sent. */
export interface SentCode {
  readonly value: string
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
}

/** A second factor of a user. No endpoint shows the secret, except that of a one-time password until the factor is active. */
export interface Factor extends Entity {
  readonly userId: string
  readonly factorType: FactorType
  readonly provider: 'OKTA' | 'GOOGLE' | DeviceProvider
  readonly status: 'ACTIVE' | 'PENDING_ACTIVATION'
  readonly profile: Json
  /** The answer of a question, the shared secret of one-time passwords, or the challenge for a security key; else null. */
  readonly secret: string | null
  readonly code: SentCode | null
  /** The time step of the last one-time password that was accepted: none is accepted twice. */
  readonly lastStep: number | null
}

/** True if the user brings a code that the org sends. */
export function hasSentCode ({ factorType }: Pick<Factor, 'factorType'>): boolean {
  return factorType === 'email' || factorType === 'sms' || factorType === 'call'
}

/** What makes a factor. */
export interface NewFactor {
  readonly factorType: FactorType
  readonly provider: Factor['provider']
  readonly profile: Json
  /** The answer of a question. */
  readonly answer?: string
  /** What a security key has to sign. */
  readonly challenge?: string
  /** True if it is a token that its user has already, and active at once. */
  readonly isRegistered?: true
}
