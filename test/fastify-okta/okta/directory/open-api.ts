import { openUsersApi, type UsersApi, type UsersApiOptions } from '#fastify-okta/okta/directory/users-api.js'
import type { LocalOkta } from 'local-okta'
import { ADA } from '../../../kit/access-token.js'

/** The paths by which Ada is read. */
export const USER = `/api/v1/users/${ADA}`
export const GROUPS = `${USER}/groups`

/** Opens the users API of an org with its API token. */
export async function openApi ({ orgUrl, apiToken: token }: LocalOkta, difference: Partial<UsersApiOptions> = {}): Promise<UsersApi> {
  return await openUsersApi({ orgUrl, credentials: { token }, profileAttributes: [], timeoutMs: 20_000, ...difference })
}
