import { isJsonObject } from '../../../oauth/json-object.js'
import { stringAt, valueAt } from '../../json.js'
import { none, type Planner } from '../step.js'

const SCOPES = [{ type: 'CORS' }, { type: 'REDIRECT' }]

/** The origin of the page, which calls Okta from the browser. */
export const planTrustedOrigin: Planner = async ({ api, target: { publicUrl } }) => {
  const origins = await api.readAll('/trustedOrigins?limit=200')
  const trusted = origins.find((each) => stringAt(each, 'origin') === publicUrl)
  if (!isJsonObject(trusted)) {
    const body = { name: `Greeting service ${publicUrl}`, origin: publicUrl, scopes: SCOPES }
    return [{ id: 'origin', action: 'create', what: `the trusted origin ${publicUrl}, with CORS`, requests: [{ method: 'POST', build: () => ({ path: '/trustedOrigins', body }) }] }]
  }
  const id = stringAt(trusted, 'id')
  const scopes = valueAt(trusted, 'scopes')
  const hasCors = Array.isArray(scopes) && scopes.some((scope) => stringAt(scope, 'type') === 'CORS')
  const isActive = stringAt(trusted, 'status') === 'ACTIVE'
  if (hasCors && isActive) return [none('origin', `the trusted origin ${publicUrl} exists`)]
  const { _links: _ownLinks, ...rest } = trusted
  return [{
    id: 'origin',
    action: 'update',
    what: `the trusted origin ${publicUrl}: active, with CORS`,
    requests: [
      ...(hasCors ? [] : [{ method: 'PUT', build: () => ({ path: `/trustedOrigins/${id}`, body: { ...rest, scopes: SCOPES } }) } as const]),
      ...(isActive ? [] : [{ method: 'POST', build: () => ({ path: `/trustedOrigins/${id}/lifecycle/activate` }) } as const])
    ]
  }]
}
