import type { Json } from '../../kernel/json.js'
import { activationOf, DEVICE_FACTORS } from './device-factors.js'
import { FACTOR_TYPES, hasSentCode } from './factor.js'
import type { Factor } from './factor.js'
import { SECURITY_QUESTIONS } from './questions.js'
import { TIME_STEP_SECONDS } from './totp.js'

/** A factor as the API shows it. The shared secret of one-time passwords is shown until the factor is active. */
export function toFactorView (orgUrl: string, factor: Factor): Json {
  const { id, userId, factorType, provider, status, created, lastUpdated, secret } = factor
  const href = `${orgUrl}/api/v1/users/${userId}/factors/${id}`
  const isActive = status === 'ACTIVE'
  const activation = isActive
    ? undefined
    : factorType === 'token:software:totp'
      ? { timeStep: TIME_STEP_SECONDS, sharedSecret: secret, encoding: 'base32', keyLength: 6 }
      : activationOf(factor, href, orgUrl)
  return {
    id,
    factorType,
    provider,
    vendorName: provider,
    status,
    created,
    lastUpdated,
    profile: profileOf(factor),
    ...(activation === undefined ? {} : { _embedded: { activation } }),
    _links: {
      self: link(href, 'GET', 'DELETE'),
      user: link(`${orgUrl}/api/v1/users/${userId}`, 'GET'),
      ...(isActive ? { verify: link(`${href}/verify`, 'POST') } : { activate: link(`${href}/lifecycle/activate`, 'POST') }),
      ...(factorType === 'question' ? { questions: link(`${orgUrl}/api/v1/users/${userId}/factors/questions`, 'GET') } : {}),
      ...(hasSentCode(factor) && !isActive ? { resend: { name: factorType, ...link(`${href}/resend`, 'POST') } } : {})
    }
  }
}

/** The kinds of factors that a user can enroll, and whether one is. */
export function toCatalogView (orgUrl: string, userId: string, factors: readonly Factor[]): Json[] {
  const enroll = { enroll: link(`${orgUrl}/api/v1/users/${userId}/factors`, 'POST') }
  const kinds = FACTOR_TYPES.flatMap((factorType) => (factorType === 'token:software:totp' ? ['OKTA', 'GOOGLE'] : ['OKTA']).map((provider) => [factorType, provider] as const))
  return [...kinds, ...DEVICE_FACTORS].map(([factorType, provider]) => {
    const enrolled = factors.find((factor) => factor.factorType === factorType && factor.provider === provider)
    return { factorType, provider, vendorName: provider, enrollment: 'OPTIONAL', status: enrolled?.status ?? 'NOT_SETUP', _links: enroll }
  })
}

/** The security questions. */
export function toQuestionViews (): Json[] {
  return Object.entries(SECURITY_QUESTIONS).map(([question, questionText]) => ({ question, questionText }))
}

/** What has become of a check. */
export function toVerifyView (orgUrl: string, { id, userId, code }: Factor, factorResult: 'CHALLENGE' | 'SUCCESS'): Json {
  const href = `${orgUrl}/api/v1/users/${userId}/factors/${id}`
  if (factorResult === 'SUCCESS') return { factorResult }
  return {
    factorResult,
    ...(code === null ? {} : { expiresAt: new Date(code.expiresAt).toISOString() }),
    _links: { verify: link(`${href}/verify`, 'POST'), factor: link(href, 'GET', 'DELETE') }
  }
}

function profileOf ({ factorType, profile }: Factor): Json {
  return factorType === 'question' ? { ...profile, questionText: SECURITY_QUESTIONS[String(profile['question'])] } : profile
}

function link (href: string, ...allow: string[]): { href: string, hints: { allow: string[] } } {
  return { href, hints: { allow } }
}
