import { CHANGEABLE_ATTRIBUTES, InvalidProfileError, type ProfileChanges } from 'fastify-okta'
import { findTimeZone } from '../../time-zone.js'

/** Okta's own limit (Users API: `UserProfile`). */
const NAME_LENGTH = 50
/** Okta has none for the others; this one keeps a user small in memory. */
const TEXT_LENGTH = 255

/** Okta wants a name of everybody, unless an org has changed its schema. */
const Name = { type: 'string', minLength: 1, maxLength: NAME_LENGTH }
/** `null` takes the value away. */
const Text = { anyOf: [{ type: 'string', minLength: 1, maxLength: TEXT_LENGTH }, { type: 'null' }] }

/** What the body of a change may hold; one attribute at least. */
export const ProfileChangesBody = {
  description: 'What is to be changed; `null` takes a value away.',
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

/** One sentence for whatever is wrong with a body, so that nothing of it comes back. */
export function refuseBody (): InvalidProfileError {
  return new InvalidProfileError(`the body must be an object of ${CHANGEABLE_ATTRIBUTES.join(', ')}, at least one of them, each a text (the names of ${NAME_LENGTH} characters at most) or, but for the names, null`)
}

/**
 * Okta takes any text for a time zone; the greeting needs one that exists.
 *
 * @throws {InvalidProfileError}
 */
export function checkTimeZone ({ timezone }: ProfileChanges): void {
  if (typeof timezone === 'string' && findTimeZone(timezone) === null) {
    throw new InvalidProfileError('timezone must be an IANA time zone, such as Europe/London')
  }
}
