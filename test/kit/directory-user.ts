import { GROUP } from './access-token.js'

/** A user of the directory, as Okta's Management API would return it, and the names of its groups. */
export interface DirectoryUser {
  readonly id: string
  readonly status?: string
  readonly profile?: Readonly<Record<string, unknown>>
  readonly groups?: ReadonlyArray<string | { readonly id: string, readonly name: string, readonly type: string }>
}

/** The JSON of `GET /api/v1/users/{id}`. */
export function toUser ({ id, status = 'ACTIVE', profile = {} }: DirectoryUser): object {
  return {
    id,
    status,
    created: '2026-01-01T00:00:00.000Z',
    profile: { login: 'ada@example.com', email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace', mobilePhone: '+44-secret-number', ...profile },
    credentials: { provider: { type: 'OKTA', name: 'OKTA' }, password: {} }
  }
}

/** The JSON of `GET /api/v1/users/{id}/groups`. */
export function toGroups ({ groups = [GROUP] }: DirectoryUser): object[] {
  return groups.map((group, i) => {
    const { id, name, type } = typeof group === 'string' ? { id: `00g${String(i).padStart(17, '0')}`, name: group, type: 'OKTA_GROUP' } : group
    return { id, type, profile: { name } }
  })
}
