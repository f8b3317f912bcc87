import { isJsonObject, type JsonObject } from '../../../oauth/json-object.js'
import { isNotFound } from '../../../okta/directory/directory-failure.js'
import { CommandFailure } from '../../exit.js'
import { stringAt, stringsAt } from '../../json.js'
import { CALLBACK_PATH, DOCS_CALLBACK_PATH } from '../../settings/paths.js'
import { GRANT_TYPES } from '../names.js'
import { none, type PlanContext, type Planner, type PlannedRequest, type Step, type Target } from '../step.js'

/** The single-page app of the page, and its redirect URIs. */
export const planApp: Planner = async (context) => {
  const app = await findApp(context)
  if (app === undefined) return planNewApp(context.target)
  const label = stringAt(app, 'label')
  const type = stringAt(app, 'settings', 'oauthClient', 'application_type')
  if (type !== 'browser') {
    throw new CommandFailure(`the app "${label}" is of type ${type || 'other'}, and the page needs a single-page app`, { code: 'app', hint: 'unset OKTA_OAUTH2_CLIENTID, or give another --app-name' })
  }
  context.known.appId = stringAt(app, 'id')
  return planExistingApp(app, label, context.target)
}

/** Where Okta may send browsers. */
export function urisOf ({ publicUrl }: Pick<Target, 'publicUrl'>) {
  return { redirectUris: [`${publicUrl}${CALLBACK_PATH}`, `${publicUrl}${DOCS_CALLBACK_PATH}`], logoutUris: [`${publicUrl}/`] }
}

async function findApp ({ api, target: { clientId, appLabel } }: PlanContext): Promise<unknown> {
  if (clientId === undefined) {
    const found = await api.readAll(`/apps?q=${encodeURIComponent(appLabel)}&limit=200`)
    return found.find((app) => stringAt(app, 'label') === appLabel && stringAt(app, 'signOnMode') === 'OPENID_CONNECT')
  }
  try {
    return await api.read(`/apps/${encodeURIComponent(clientId)}`)
  } catch (error) {
    throw isNotFound(error) ? new CommandFailure('the org has no app with the client id OKTA_OAUTH2_CLIENTID', { code: 'app', hint: 'unset it, and an app is created' }) : error
  }
}

function planNewApp (target: Target): Step[] {
  const { redirectUris, logoutUris } = urisOf(target)
  const body = {
    name: 'oidc_client',
    label: target.appLabel,
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: 'none', pkce_required: true, autoKeyRotation: true } },
    settings: {
      oauthClient: {
        application_type: 'browser',
        grant_types: GRANT_TYPES,
        response_types: ['code'],
        redirect_uris: redirectUris,
        post_logout_redirect_uris: logoutUris,
        consent_method: 'TRUSTED'
      }
    }
  }
  return [
    { id: 'app', action: 'create', what: `the single-page app "${target.appLabel}", with PKCE`, requests: [{ method: 'POST', stores: 'appId', build: () => ({ path: '/apps?activate=true', body }) }] },
    { id: 'redirects', action: 'create', what: `its redirect URIs ${[...redirectUris, ...logoutUris].join(', ')} (with the app)`, requests: [] }
  ]
}

function planExistingApp (app: unknown, label: string, target: Target): Step[] {
  const { redirectUris, logoutUris } = urisOf(target)
  const missing = missingOf(app, 'grant_types', GRANT_TYPES)
  const isActive = stringAt(app, 'status') === 'ACTIVE'
  const uris = { redirect_uris: missingOf(app, 'redirect_uris', redirectUris), post_logout_redirect_uris: missingOf(app, 'post_logout_redirect_uris', logoutUris) }
  const missingUris = [...uris.redirect_uris, ...uris.post_logout_redirect_uris]
  const activate: PlannedRequest[] = isActive ? [] : [{ method: 'POST', build: ({ appId }) => ({ path: `/apps/${appId}/lifecycle/activate` }) }]
  const replace = (additions: Readonly<Record<string, readonly string[]>>): PlannedRequest => ({ method: 'PUT', build: ({ appId }) => ({ path: `/apps/${appId}`, body: withAdditions(app, additions) }) })
  // A PUT replaces the whole app, so the later of two has to hold what the earlier added.
  const all = { grant_types: missing, ...uris }
  const changes = [...(isActive ? [] : ['activate it']), ...(missing.length === 0 ? [] : [`add the grant types ${missing.join(', ')}`])]
  return [
    changes.length === 0
      ? none('app', `the app "${label}" is a single-page app with PKCE`)
      : { id: 'app', action: 'update', what: `the app "${label}": ${changes.join(', ')}`, requests: [...activate, ...(missing.length === 0 ? [] : [replace({ grant_types: missing })])] },
    missingUris.length === 0
      ? none('redirects', 'its redirect URIs are registered')
      : { id: 'redirects', action: 'update', what: `add the redirect URIs ${missingUris.join(', ')}`, requests: [replace(all)] }
  ]
}

function missingOf (app: unknown, member: string, wanted: readonly string[]): string[] {
  const present = stringsAt(app, 'settings', 'oauthClient', member)
  return wanted.filter((value) => !present.includes(value))
}

/** The app as Okta has it, with more in some of its arrays. Links are Okta's own. */
function withAdditions (app: unknown, additions: Readonly<Record<string, readonly string[]>>): JsonObject {
  const { _links: _ownLinks, _embedded: _ownObjects, ...rest } = toObject(app)
  const settings = toObject(rest['settings'])
  const oauthClient = toObject(settings['oauthClient'])
  const extended = Object.fromEntries(Object.entries(additions).map(([member, values]) => [member, [...stringsAt(oauthClient, member), ...values]]))
  return { ...rest, settings: { ...settings, oauthClient: { ...oauthClient, ...extended } } }
}

function toObject (value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
