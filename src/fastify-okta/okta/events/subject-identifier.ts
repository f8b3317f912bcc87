/** Whom a message is about (RFC 9493 section 3), in one of the formats that Okta uses. */
export type SubjectIdentifier =
  | { readonly format: 'iss_sub', readonly iss: string, readonly sub: string }
  | { readonly format: 'email', readonly email: string }
  | { readonly format: 'opaque', readonly id: string }

/** The members that each format has beside `format`: all of them, and no others. */
const MEMBERS: Readonly<Record<SubjectIdentifier['format'], readonly string[]>> = {
  iss_sub: ['iss', 'sub'],
  email: ['email'],
  opaque: ['id']
}

/** Of RFC 5321 section 4.5.3.1, an address is at most 254 characters; ids are shorter. */
const MAX_LENGTHS: Readonly<Record<string, number>> = { iss: 1024, sub: 255, email: 254, id: 255 }
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u
const ADDRESS = /^[^\s@]+@[^\s@]+$/

/**
 * Reads a subject identifier. Each has the members of exactly one format (RFC 9493 section 3).
 *
 * @returns the identifier; `unknown_format` for a format that is not one of these; `malformed` for anything else
 */
export function readSubjectIdentifier (value: unknown): SubjectIdentifier | 'unknown_format' | 'malformed' {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'malformed'
  const { format, ...members } = value as Readonly<Record<string, unknown>>
  if (typeof format !== 'string') return 'malformed'
  if (!Object.hasOwn(MEMBERS, format)) return 'unknown_format'
  const names = MEMBERS[format as SubjectIdentifier['format']]
  const isWhole = Object.keys(members).length === names.length && names.every((name) => isMember(name, members[name]))
  return isWhole ? { format, ...members } as SubjectIdentifier : 'malformed'
}

/** Whether two identifiers are the same; addresses are compared without regard to case. */
export function isSameSubject (one: SubjectIdentifier, other: SubjectIdentifier): boolean {
  return keyOf(one) === keyOf(other)
}

function keyOf (subject: SubjectIdentifier): string {
  switch (subject.format) {
    case 'iss_sub': return JSON.stringify(['iss_sub', subject.iss, subject.sub])
    case 'email': return JSON.stringify(['email', subject.email.toLowerCase()])
    case 'opaque': return JSON.stringify(['opaque', subject.id])
  }
}

function isMember (name: string, value: unknown): boolean {
  if (typeof value !== 'string' || value.length > (MAX_LENGTHS[name] as number) || !PRINTABLE.test(value)) return false
  return name !== 'email' || ADDRESS.test(value)
}
