import { OktaApiError } from '../../kernel/errors.js'
import { isObject, readObject, readText } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { Users } from '../users/store.js'
import { UniversalLogout } from './universal-logout.js'

const { route } = routesOn({ users: Users, universalLogout: UniversalLogout })

export const UNIVERSAL_LOGOUT_PATH = '/oauth2/v1/global-token-revocation'

/** Signs a user out everywhere. It is not a part of the Management API's description. */
export const universalLogoutRoutes: Route[] = [
  route({
    method: 'POST',
    path: UNIVERSAL_LOGOUT_PATH,
    isOutside: true,
    scope: 'okta.universalLogout.manage',
    status: 204,
    body: readSubject,
    answer: ({ users, universalLogout }, { body: name }) => {
      // Okta documents 204, 400, 403 and 429: for a user that it does not know, 400 is a guess
      const user = users.find(name)
      if (!user) throw new OktaApiError('E0000001')
      universalLogout.signOut(user)
    }
  })
]

/**
 * The user that `sub_id` names (RFC 9493): `opaque` by the user's id, `iss_sub` by the id or login, of whatever issuer, as
 * this org knows no users of identity providers.
 *
 * @throws {OktaApiError} 400
 */
function readSubject (body: unknown): string {
  const { sub_id: subject } = readObject(body)
  if (!isObject(subject)) throw new OktaApiError('E0000003')
  if (subject['format'] === 'opaque') return readText(subject, 'id')
  if (subject['format'] !== 'iss_sub') throw new OktaApiError('E0000003')
  readText(subject, 'iss')
  return readText(subject, 'sub')
}
