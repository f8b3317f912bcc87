import { PROFILE_SCOPE } from '../../doctor/policies.js'
import { stringAt } from '../../json.js'
import { PROFILE_SCOPE_TEXT } from '../names.js'
import { none, type Planner } from '../step.js'

/** The scope that `PATCH /me` requires. */
export const planScope: Planner = async ({ api, known: { serverId = '' } }) => {
  const scopes = await api.readAll(`/authorizationServers/${serverId}/scopes`)
  if (scopes.some((scope) => stringAt(scope, 'name') === PROFILE_SCOPE)) return [none('scope', `the scope ${PROFILE_SCOPE} exists`)]
  const body = { name: PROFILE_SCOPE, displayName: PROFILE_SCOPE_TEXT, description: PROFILE_SCOPE_TEXT, consent: 'IMPLICIT', metadataPublish: 'ALL_CLIENTS' }
  return [{
    id: 'scope',
    action: 'create',
    what: `the scope ${PROFILE_SCOPE} of the authorization server`,
    requests: [{ method: 'POST', build: (ids) => ({ path: `/authorizationServers/${ids.serverId}/scopes`, body }) }]
  }]
}
