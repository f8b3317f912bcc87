import { CHANGEABLE_ATTRIBUTES, InvalidProfileError, type ProfileChanges } from 'fastify-okta'
import { findTimeZone } from '../../time-zone.js'

/** Okta's own limit (Users API: `UserProfile`). */
const NAME_LENGTH = 50
/** Okta has none for the others; this one keeps a user small in memory. */
const TEXT_LENGTH = 255

/** Okta requires both names, unless an org has changed its schema. */
const Name = { type: 'string', minLength: 1, maxLength: NAME_LENGTH }
/** `null` removes the value. */
const Text = { anyOf: [{ type: 'string', minLength: 1, maxLength: TEXT_LENGTH }, { type: 'null' }] }

/** The body of a change: at least one attribute. */
export const ProfileChangesBody = {
  description: 'The attributes to change; `null` removes a value.',
  examples: [{ nickName: 'Countess', timezone: 'Asia/Tokyo' }],
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    firstName: Name,
    lastName: Name,
    nickName: Text,
    timezone: Text,
    locale: Text,
    preferredLanguage: Text
  } satisfies Record<typeof CHANGEABLE_ATTRIBUTES[number], object>
}

/** One sentence for whatever is wrong with a body, so that the answer contains nothing of it. */
export function refuseBody (): InvalidProfileError {
  return new InvalidProfileError(`the body must be an object with at least one of ${CHANGEABLE_ATTRIBUTES.join(', ')}, and nothing else: firstName and lastName strings of at most ${NAME_LENGTH} characters, the others strings or null`)
}

/**
 * Okta accepts any string as a time zone; the greeting needs one that exists.
 *
 * @throws {InvalidProfileError}
 */
export function checkTimeZone ({ timezone }: ProfileChanges): void {
  if (typeof timezone === 'string' && findTimeZone(timezone) === null) {
    throw new InvalidProfileError('timezone must be an IANA time zone, such as Europe/London')
  }
}
