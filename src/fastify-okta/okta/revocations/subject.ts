/** A user, by id, or by a login or an address, which is compared without regard to case. */
export type Subject = { readonly uid: string } | { readonly login: string }

/** A user as watermarks and their store name it: `uid:00u1`, `login:ada@example.com`, or {@link EVERYBODY}. */
export type SubjectKey = typeof EVERYBODY | `${typeof UID}${string}` | `${typeof LOGIN}${string}`

/** Stands for all users of the org. */
export const EVERYBODY = '*'
const UID = 'uid:'
const LOGIN = 'login:'
/** Okta's ids have 20 characters, its logins 100 at most, email addresses 254. */
const MAX_NAME_LENGTH = 256

/** Whether a string can be the id, login or address of a user. */
export function isName (value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH
}

/** @throws {TypeError} it names no user, or is too long to */
export function subjectKey (subject: Subject): SubjectKey {
  const { uid, login } = subject as { readonly uid?: unknown, readonly login?: unknown }
  if ((uid === undefined) === (login === undefined)) throw new TypeError('a user is named by either uid or login')
  if (uid !== undefined) return `${UID}${requireName('uid', uid)}`
  return `${LOGIN}${normalizeLogin(requireName('login', login))}`
}

/** The same for a login, or an address, in any letter case. */
export function normalizeLogin (login: string): string {
  return login.toLowerCase()
}

/** The id, or the normalized login, in a key; `undefined` if the string is not one. */
export function readSubjectKey (key: string): typeof EVERYBODY | Subject | undefined {
  if (key === EVERYBODY) return EVERYBODY
  if (key.startsWith(UID)) return nameOf(key, UID, (uid) => ({ uid }))
  if (key.startsWith(LOGIN)) return nameOf(key, LOGIN, (login) => ({ login: normalizeLogin(login) }))
  return undefined
}

/** Who acts for the subject of a token, and for whom they act in turn: the `sub` members of an `act` claim (RFC 8693 section 4.1). */
export function actorsOf (act: unknown): string[] {
  const actors: string[] = []
  for (let actor = act; typeof actor === 'object' && actor !== null; actor = (actor as { readonly act?: unknown }).act) {
    const { sub } = actor as { readonly sub?: unknown }
    if (isName(sub)) actors.push(sub)
  }
  return actors
}

function nameOf (key: string, prefix: string, toSubject: (name: string) => Subject): Subject | undefined {
  const name = key.slice(prefix.length)
  return isName(name) ? toSubject(name) : undefined
}

function requireName (member: string, value: unknown): string {
  if (!isName(value)) throw new TypeError(`${member} must be a non-empty string of at most ${MAX_NAME_LENGTH} characters`)
  return value
}
