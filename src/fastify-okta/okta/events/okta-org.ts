import type { Directory } from '../directory/directory.js'
import type { Revocations } from '../revocations/revocations.js'
import type { Subject } from '../revocations/subject.js'
import type { OrgKeys } from './org-keys.js'
import type { SubjectIdentifier } from './subject-identifier.js'

/** An org that sends messages. */
export interface OktaOrg {
  /** Its origin. */
  readonly url: string
  /** What its messages may name as their issuer, and as that of a subject: the org's URL, or an authorization server of it. */
  readonly issuers: ReadonlySet<string>
  readonly keys: OrgKeys
  readonly revocations: Pick<Revocations, 'raise' | 'evict' | 'evictGroups' | 'evictAll'>
  /** `null` if there is none. */
  readonly directory: Pick<Directory, 'read'> | null
}

/** The user of the org that an identifier stands for: `opaque` is Okta's id. `null` if it is of another issuer. */
export function toSubject (identifier: SubjectIdentifier, { issuers }: Pick<OktaOrg, 'issuers'>): Subject | null {
  switch (identifier.format) {
    case 'email': return { login: identifier.email }
    case 'opaque': return { uid: identifier.id }
    case 'iss_sub': return issuers.has(identifier.iss) ? { uid: identifier.sub } : null
  }
}
