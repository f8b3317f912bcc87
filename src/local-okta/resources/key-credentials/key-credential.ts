import type { JWK } from 'jose'
import { invalid } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { ApiRequest } from '../../kernel/route.js'
import type { Entity } from '../../kernel/store.js'

const MIN_YEARS = 2
const MAX_YEARS = 10

/** A public key and its certificate, of an app or an identity provider. Two can share one. Its private half is not kept: nothing signs with it. */
export interface KeyCredential extends Entity {
  readonly ownerId: string
  readonly jwk: JWK & { kid: string }
  readonly expiresAt: string
}

/** Whose a key is. */
export interface KeyOwner {
  readonly id: string
  /** The name in the certificate. */
  readonly label: string
}

/** A key as the API shows it. */
export function toKeyCredentialView ({ jwk, created, lastUpdated, expiresAt }: KeyCredential): Json {
  return { ...jwk, created, lastUpdated, expiresAt }
}

/** The query parameter `validityYears`. @throws {OktaApiError} 400 E0000001 */
export function readYears ({ query: { validityYears } }: ApiRequest): number {
  const years = Number(validityYears ?? MIN_YEARS)
  if (!Number.isInteger(years) || years < MIN_YEARS || years > MAX_YEARS) {
    throw invalid('validityYears', `Validity years out of range. It should be ${MIN_YEARS} - ${MAX_YEARS} years`)
  }
  return years
}
