import { randomBytes } from 'node:crypto'
import { invalid } from '../../kernel/errors.js'
import { readMember, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { User } from '../users/user.js'
import type { Factor, NewFactor } from './factor.js'

/**
 * Factors that need a device: an app, a browser, a hardware token. They are enrolled, listed and removed. There is no device,
 * so a push or a security key stays pending, and nothing that somebody types is ever right.
 */
export const DEVICE_FACTORS = [
  ['push', 'OKTA'], ['webauthn', 'FIDO'], ['u2f', 'FIDO'], ['token:hardware', 'YUBICO'], ['token', 'RSA'], ['token', 'SYMANTEC'], ['token:hotp', 'CUSTOM']
] as const

export type DeviceFactorType = typeof DEVICE_FACTORS[number][0]
export type DeviceProvider = typeof DEVICE_FACTORS[number][1]

const ACTIVATION_MS = 300_000
/** COSE: ES256 and RS256. */
const PUBLIC_KEY_ALGORITHMS = [-7, -257]

/** Reads a factor that needs a device, or undefined if it needs none. @throws {OktaApiError} 400 E0000001 */
export function readDeviceFactor (json: Json, user: User): NewFactor | undefined {
  const [factorType, provider] = DEVICE_FACTORS.find(([type, by]) => type === json['factorType'] && (by === json['provider'] || json['provider'] === undefined)) ?? []
  if (factorType === undefined || provider === undefined) return undefined
  const profile = readMember(json, 'profile')
  switch (factorType) {
    case 'push': return { factorType, provider, profile: { credentialId: user.profile.login } }
    case 'webauthn':
    case 'u2f': return { factorType, provider, profile: { credentialId: user.profile.login, ...profile }, challenge: randomBytes(16).toString('base64url') }
    case 'token:hardware':
    case 'token':
      readText(readMember(json, 'verify'), 'passCode')
      return { factorType, provider, profile: { credentialId: readOptionalText(profile, 'credentialId') ?? user.profile.login }, isRegistered: true }
    case 'token:hotp':
      if (json['factorProfileId'] === undefined) throw invalid('factorProfileId', 'The field cannot be left blank')
      readText(profile, 'sharedSecret')
      return { factorType, provider, profile: { credentialId: user.profile.login } }
  }
}

/** What a device needs to activate a pending factor, or undefined if none could. */
export function activationOf ({ factorType, secret, created, profile, userId }: Factor, href: string, orgUrl: string): Json | undefined {
  switch (factorType) {
    case 'push': return {
      factorResult: 'WAITING',
      expiresAt: new Date(Date.parse(created) + ACTIVATION_MS).toISOString(),
      _links: { qrcode: { href: `${orgUrl}/api/v1/users/${userId}/factors/qr/${href.split('/').at(-1) ?? ''}`, type: 'image/png' }, poll: { href: `${href}/lifecycle/activate`, hints: { allow: ['POST'] } } }
    }
    case 'u2f': return { version: 'U2F_V2', nonce: secret, timeoutSeconds: ACTIVATION_MS / 1000 }
    case 'webauthn': return {
      attestation: 'direct',
      authenticatorSelection: { userVerification: 'optional', requireResidentKey: false },
      challenge: secret,
      excludeCredentials: [],
      pubKeyCredParams: PUBLIC_KEY_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      rp: { name: 'Local Okta' },
      user: { id: userId, name: profile['credentialId'], displayName: profile['credentialId'] },
      u2fParams: { appid: orgUrl }
    }
    default: return undefined
  }
}
