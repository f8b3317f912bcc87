import { randomInt } from 'node:crypto'
import { invalid } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { isObject, readMember, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Records } from '../crud/store.js'
import type { StoredRecord } from '../crud/store.js'
import type { User } from '../users/user.js'

/** What an authenticator says of its codes if its configuration does not: Okta's default life, and its bounds. */
const DEFAULTS = { defaultTtl: 120, minTtl: 10, maxTtl: 14_400, length: 16 }
const CHARACTERS: Readonly<Record<string, string>> = { numbers: '0123456789', letters: 'abcdefghijkmnopqrstuvwxyz', specialCharacters: '!#$%&*+-=?@' }

/**
 * The temporary access codes (TAC) of users: an authenticator with the key `tac` must be in the org. They are enrolled, shown
 * and removed; no sign-in asks for one here.
 */
export class TemporaryAccessCodes {
  readonly #kernel: Kernel
  readonly #records: Records

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#records = kernel.store(Records)
  }

  /** Those of a user that have not expired. */
  ofUser ({ id }: User): StoredRecord[] {
    return this.#records.in(pathOf(id)).filter(({ body }) => Date.parse(String(body['expiresAt'])) > this.#kernel.clock.now())
  }

  /** Makes a code for a user. Gives the enrollment, and the code, which is shown once. @throws {OktaApiError} 400 E0000001 */
  enroll (user: User, json: Json): { readonly enrollment: StoredRecord, readonly tac: string } {
    const authenticator = this.#records.find('/authenticators', readText(json, 'authenticatorId'))
    if (authenticator?.body['key'] !== 'tac' || authenticator.status !== 'ACTIVE') throw invalid('authenticatorId', 'must be an active authenticator with the key tac')
    const configuration = readMember(readMember(authenticator.body, 'provider'), 'configuration')
    const profile = readMember(json, 'profile')
    const multiUse = profile['multiUse'] ?? false
    if (typeof multiUse !== 'boolean') throw invalid('profile.multiUse', 'must be a boolean')
    if (multiUse && configuration['multiUseAllowed'] !== true) throw invalid('profile.multiUse', 'The authenticator does not allow it')
    const expiresAt = new Date(this.#kernel.clock.now() + readMinutes(profile, configuration) * 60_000).toISOString()
    const enrollment = this.#records.create({ collection: pathOf(user.id), key: createId('tac'), status: 'ACTIVE', system: false, body: { expiresAt, multiUse } })
    return { enrollment, tac: createCode(configuration) }
  }

  remove (enrollment: StoredRecord): void {
    this.#records.delete(enrollment)
  }
}

function pathOf (userId: string): string {
  return `/users/${userId}/authenticator-enrollments`
}

// a string of digits, in Okta's description
function readMinutes (profile: Json, configuration: Json): number {
  const [min, max] = [numberIn(configuration, 'minTtl'), numberIn(configuration, 'maxTtl')]
  const minutes = Number(readOptionalText(profile, 'ttl') ?? numberIn(configuration, 'defaultTtl'))
  if (!Number.isInteger(minutes) || minutes < min || minutes > max) throw invalid('profile.ttl', `must be from ${min} to ${max} minutes`)
  return minutes
}

function createCode (configuration: Json): string {
  const complexity = isObject(configuration['complexity']) ? configuration['complexity'] : {}
  const wanted = Object.entries(CHARACTERS).filter(([name]) => complexity[name] === true).map(([, characters]) => characters).join('')
  const characters = wanted === '' ? CHARACTERS['numbers'] ?? '' : wanted
  return Array.from({ length: numberIn(configuration, 'length') }, () => characters[randomInt(characters.length)]).join('')
}

function numberIn (configuration: Json, name: keyof typeof DEFAULTS): number {
  const value = configuration[name]
  return typeof value === 'number' ? value : DEFAULTS[name]
}
