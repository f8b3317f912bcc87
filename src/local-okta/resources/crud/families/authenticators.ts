import { forbidden, invalid } from '../../../kernel/errors.js'
import { readMember } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { lifecycle } from '../definitions.js'
import type { RecordRequest } from '../definitions.js'
import { Records } from '../store.js'
import type { StoredRecord } from '../store.js'
import type { Family } from './family.js'

/** What Okta knows of a kind of authenticator. */
interface Kind {
  readonly type: string
  readonly methods: readonly string[]
  /** What a new org calls its own one. The others are added by hand. */
  readonly name?: string
  readonly settings?: Json
  /** True if an org can have several. */
  readonly isRepeatable?: true
  /** True if an org always has it. */
  readonly isNeeded?: true
}

const KINDS: Readonly<Record<string, Kind>> = {
  okta_email: { type: 'email', methods: ['email'], name: 'Email', settings: { allowedFor: 'any', tokenLifetimeInMinutes: 5 }, isNeeded: true },
  okta_password: { type: 'password', methods: ['password'], name: 'Password', isNeeded: true },
  okta_verify: {
    type: 'app',
    methods: ['signed_nonce', 'push', 'totp'],
    name: 'Okta Verify',
    settings: { channelBinding: { required: 'HIGH_RISK_ONLY', style: 'NUMBER_CHALLENGE' }, compliance: { fips: 'OPTIONAL' }, userVerification: 'PREFERRED' }
  },
  phone_number: { type: 'phone', methods: ['sms', 'voice'], name: 'Phone', settings: { allowedFor: 'any' } },
  security_question: { type: 'security_question', methods: ['security_question'], name: 'Security Question', settings: { allowedFor: 'recovery' } },
  webauthn: { type: 'security_key', methods: ['webauthn'], name: 'Security Key or Biometric' },
  google_otp: { type: 'app', methods: ['otp'], name: 'Google Authenticator' },
  security_key: { type: 'security_key', methods: ['webauthn'] },
  duo: { type: 'app', methods: ['duo'] },
  custom_otp: { type: 'security_key', methods: ['otp'], isRepeatable: true },
  custom_app: { type: 'app', methods: ['push'], isRepeatable: true },
  external_idp: { type: 'federated', methods: ['idp'], isRepeatable: true },
  smart_card_idp: { type: 'federated', methods: ['cert'], isRepeatable: true },
  yubikey_token: { type: 'security_key', methods: ['otp'] },
  onprem_mfa: { type: 'security_key', methods: ['otp'] },
  symantec_vip: { type: 'security_key', methods: ['otp'] },
  tac: { type: 'tac', methods: ['tac'] }
}

/** What a method is set to until somebody changes it. */
const METHOD_DEFAULTS: Readonly<Record<string, Json>> = {
  push: { settings: { algorithms: ['ES256', 'RS256'], keyProtection: 'ANY', transactionTypes: ['LOGIN'] } },
  signed_nonce: { settings: { algorithms: ['ES256', 'RS256'], keyProtection: 'ANY', showSignInWithOV: 'ALWAYS' } },
  totp: { settings: { timeIntervalInSeconds: 30, encoding: 'base32', algorithm: 'HMacSHA1', passCodeLength: 6 } },
  otp: { acceptableAdjacentIntervals: 3, algorithm: 'HMacSHA1', encoding: 'base32', passCodeLength: 6, protocol: 'TOTP', timeIntervalInSeconds: 30 },
  webauthn: { settings: { aaguidGroups: [], userVerification: 'DISCOURAGED', attachment: 'ANY' } }
}

/** The ways to prove who one is that an org offers. The local Okta asks for those that are in `resources/factors/`. */
export const authenticators: Family = {
  collections: [
    {
      path: '/authenticators',
      prefix: 'aut',
      type: 'Authenticator',
      events: lifecycle('security.authenticator.lifecycle'),
      initial: () => Object.entries(KINDS).filter(([, { name }]) => name !== undefined).map(([key, kind]) => complete({ key, name: kind.name }, kind)),
      make: readAuthenticator,
      hidden: ['provider.configuration.sharedSecret', 'provider.configuration.secretKey'],
      below: ['methods'],
      checkRemoval: (_kernel, { body }) => {
        if (KINDS[String(body['key'])]?.isNeeded) throw forbidden('This authenticator cannot be deactivated.')
      }
    },
    {
      path: '/authenticators/{authenticatorId}/methods',
      prefix: 'aum',
      type: 'AuthenticatorMethod',
      events: lifecycle('security.authenticator.method'),
      initial: methodsOf,
      initialKey: ({ type }) => String(type),
      verbs: { 'verify-rp-id-domain': {} },
      checkRemoval: requireAnotherMethod
    },
    {
      path: '/authenticators/{authenticatorId}/aaguids',
      prefix: 'aag',
      type: 'CustomAAGUID',
      events: lifecycle('security.authenticator.aaguid'),
      key: ({ aaguid }) => aaguid,
      immutable: ['aaguid'],
      unique: 'aaguid'
    }
  ]
}

function complete (body: Json, { type, settings }: Kind): Json {
  return { ...body, type, ...(settings === undefined ? {} : { settings: { ...settings, ...readMember(body, 'settings') } }) }
}

function readAuthenticator (body: Json, { kernel, path }: RecordRequest): Json {
  const key = String(body['key'])
  const kind = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined
  if (!kind) throw invalid('key', `must be one of ${Object.keys(KINDS).join(', ')}`)
  if (!kind.isRepeatable && kernel.store(Records).in(path).some((other) => other.body['key'] === key)) {
    throw invalid('key', 'An authenticator with this key already exists in the current organization')
  }
  return complete(body, kind)
}

function methodsOf ({ kernel, params }: RecordRequest): Json[] {
  const authenticator = kernel.store(Records).find('/authenticators', params['authenticatorId'] ?? '')
  return (KINDS[String(authenticator?.body['key'])]?.methods ?? []).map((type) => ({ type, ...METHOD_DEFAULTS[type] }))
}

function requireAnotherMethod (kernel: Kernel, { collection, id }: StoredRecord): void {
  const isLast = !kernel.store(Records).in(collection).some((other) => other.id !== id && other.status === 'ACTIVE')
  if (isLast) throw forbidden('The last active method of an authenticator cannot be deactivated.')
}
