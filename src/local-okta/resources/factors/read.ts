import { invalid } from '../../kernel/errors.js'
import { readMember, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { User } from '../users/user.js'
import { FACTOR_TYPES } from './factor.js'
import type { NewFactor } from './factor.js'
import { SECURITY_QUESTIONS } from './questions.js'

const PHONE_NUMBER = /^\+[1-9]\d{1,14}$/
const MIN_ANSWER_LENGTH = 4

/** Reads a factor that can be used here. @throws {OktaApiError} 400 E0000001 */
export function readFactor (json: Json, user: User): NewFactor {
  const factorType = readFactorType(json)
  const provider = readOptionalText(json, 'provider') ?? 'OKTA'
  if (provider !== 'OKTA' && !(provider === 'GOOGLE' && factorType === 'token:software:totp')) throw invalid('provider', 'The provider does not have this factor type')
  const profile = readMember(json, 'profile')
  switch (factorType) {
    case 'question': return { factorType, provider, ...readQuestion(profile) }
    case 'token:software:totp': return { factorType, provider, profile: { credentialId: user.profile.login } }
    case 'email': return { factorType, provider, profile: { email: readEmail(profile, user) } }
    case 'sms':
    case 'call': return { factorType, provider, profile: { phoneNumber: readPhoneNumber(profile) } }
  }
}

function readFactorType (json: Json): typeof FACTOR_TYPES[number] {
  const text = readText(json, 'factorType')
  const factorType = FACTOR_TYPES.find((known) => known === text)
  if (factorType === undefined) throw invalid('factorType', 'Okta has no such factor of this provider that could be enrolled here')
  return factorType
}

function readQuestion (profile: Json): { profile: Json, answer: string } {
  const question = readText(profile, 'question')
  const answer = readText(profile, 'answer')
  if (!Object.hasOwn(SECURITY_QUESTIONS, question)) throw invalid('question', 'The question is not one of the security questions')
  if (answer.length < MIN_ANSWER_LENGTH) throw invalid('answer', `The answer must have at least ${MIN_ANSWER_LENGTH} characters`)
  return { profile: { question }, answer }
}

// a user's own address, and no other
function readEmail (profile: Json, user: User): string {
  const email = readOptionalText(profile, 'email') ?? user.profile.email
  const own = [user.profile.email, user.profile['secondEmail']]
  if (!own.includes(email)) throw invalid('email', 'The address is not one of the user')
  return email
}

function readPhoneNumber (profile: Json): string {
  const phoneNumber = readText(profile, 'phoneNumber').replace(/[\s().-]/g, '')
  if (!PHONE_NUMBER.test(phoneNumber)) throw invalid('phoneNumber', 'Invalid Phone Number.')
  return phoneNumber
}
