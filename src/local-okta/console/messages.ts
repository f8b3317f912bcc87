import type { OktaApiError } from '../kernel/errors.js'
import type { Form } from './form.js'
import type { Message } from './layout.js'
import { findRefusedField } from './refused-field.js'

/** What an action has done, by what its address says. A page shows nothing else of its address, which anybody can write. */
const DONE = {
  saved: 'Your changes are saved.',
  'person-added': 'The person is added.',
  'person-deleted': 'The person is deleted.',
  'status-changed': 'The status is changed.',
  'password-set': 'The password is set.',
  'signed-out': 'The sessions and tokens of this person have ended.',
  'signed-out-everywhere': 'The sessions and tokens of this person have ended. The apps with Universal Logout are told to sign the person out.',
  'group-added': 'The group is added.',
  'group-deleted': 'The group is deleted.',
  'member-added': 'The person is in the group.',
  'member-removed': 'The person is no longer in the group.',
  'application-created': 'The app integration is created. Assign it to people or groups, so that they can use it.',
  'application-deleted': 'The application is deleted.',
  'secret-created': 'The application has another client secret. Deactivate the old one when nothing uses it.',
  'secret-deleted': 'The client secret is deleted.',
  assigned: 'The application is assigned.',
  unassigned: 'The assignment is removed.',
  'server-added': 'The authorization server is added. Add an access policy, so that it issues tokens.',
  'server-deleted': 'The authorization server is deleted.',
  'scope-added': 'The scope is added.',
  'scope-deleted': 'The scope is deleted.',
  'claim-added': 'The claim is added. New tokens have it.',
  'claim-deleted': 'The claim is deleted.',
  'policy-added': 'The access policy is added. Add a rule, so that it allows something.',
  'policy-deleted': 'The access policy is deleted.',
  'rule-added': 'The rule is added.',
  'rule-deleted': 'The rule is deleted.',
  'token-revoked': 'The API token is revoked.',
  'clock-moved': 'The clock of the org is moved.',
  'clock-reset': 'The org has the time of this machine again.',
  'hook-verified': 'The event hook is verified. It receives events from now on.',
  'universal-logout-removed': 'The Universal Logout endpoint is removed.',
  'stream-created': 'The stream is created. It gets events from now on.',
  'stream-deleted': 'The stream is deleted.',
  'verification-sent': 'The verification event is sent.',
  'hook-deleted': 'The event hook is deleted.',
  'origin-added': 'The origin is added.',
  'origin-deleted': 'The origin is deleted.',
  'fault-injected': 'The fault is in force.',
  'fault-ended': 'The fault has ended.',
  'keys-rotated': 'The next key signs from now on. The old one is still published.',
  'key-retired': 'The key is no longer published.'
} as const

/** What an action has done. */
export type Done = keyof typeof DONE

/** The address of a page that says what has been done. */
export function after (done: Done, path: string): string {
  return `${path}?done=${done}`
}

/** The message for what the address of a page says, or undefined. */
export function doneMessage (done: string): Message | undefined {
  return Object.hasOwn(DONE, done) ? { text: DONE[done as Done], isError: false } : undefined
}

/** The message for a refusal: its causes, or its summary if it names none. With one cause, the field of the form that it is about. */
export function errorMessage ({ body: { errorCauses, errorSummary } }: OktaApiError, form: Form): Message {
  const causes = errorCauses.map((cause) => cause.errorSummary)
  const refused = causes.length === 1 ? findRefusedField(causes[0] ?? '', form) : undefined
  if (refused) return { text: refused.rule, isError: true, field: refused.field }
  return { text: causes.length > 0 ? causes.join(' ') : errorSummary, isError: true }
}
