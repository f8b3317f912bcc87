import { stringAt, stringsAt, valueAt } from '../../json.js'
import { fail, ok, skipped, warn, type Check, type Finding } from '../check.js'

const APP = 'Admin Console: Applications > (app) > General'

export const clientType: Check = {
  id: 'client.type',
  why: 'The page signs in by authorization code with PKCE as a public client: Okta refuses that to other kinds of apps.',
  needs: ['directory.token'],
  async run ({ settings: { clientId, isDpopRequired }, org }) {
    if (clientId === undefined) return skipped('OKTA_OAUTH2_CLIENTID is not set: there is no page that signs in')
    const app = await org.findApp(clientId)
    if (app === undefined) return fail('the org has no app with this client id', 'set OKTA_OAUTH2_CLIENTID to the Client ID of a single-page app (Admin Console: Applications)')
    return checkApp(app, isDpopRequired)
  }
}

function checkApp (app: unknown, isDpopRequired: boolean): Finding {
  const label = `"${stringAt(app, 'label')}"`
  const type = stringAt(app, 'settings', 'oauthClient', 'application_type')
  const method = stringAt(app, 'credentials', 'oauthClient', 'token_endpoint_auth_method')
  const grantTypes = stringsAt(app, 'settings', 'oauthClient', 'grant_types')
  if (stringAt(app, 'status') !== 'ACTIVE') return fail(`the app ${label} is not active`, 'Admin Console: Applications > (app) > Activate')
  if (type !== 'browser' && type !== 'native') {
    return fail(`the app ${label} is of type ${type || 'other'}`, 'create another: Applications > Create App Integration > OIDC > Single-Page Application, and set OKTA_OAUTH2_CLIENTID to its Client ID')
  }
  if (method !== 'none') return fail(`the app ${label} authenticates with ${method}, and a page cannot keep a secret`, `${APP} > Client authentication: None, with PKCE`)
  if (!grantTypes.includes('authorization_code')) return fail(`the app ${label} has the grant types ${grantTypes.join(', ') || '(empty)'}`, `${APP} > Grant type: Authorization Code`)
  const isBound = valueAt(app, 'settings', 'oauthClient', 'dpop_bound_access_tokens') === true
  if (isDpopRequired && !isBound) return warn(`OKTA_DPOP is required, and the app ${label} may request tokens without DPoP`, `${APP} > Proof of possession: require DPoP`)
  return ok(`the app ${label} is a ${type === 'browser' ? 'single-page' : 'native'} app with PKCE`)
}
