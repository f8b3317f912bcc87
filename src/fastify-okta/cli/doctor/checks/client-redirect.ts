import { stringAt, stringsAt } from '../../json.js'
import { CALLBACK_PATH, DOCS_CALLBACK_PATH } from '../../settings/paths.js'
import { fail, ok, skipped, warn, type Check } from '../check.js'

const LOGIN = 'Admin Console: Applications > (app) > General > Login'

export const clientRedirect: Check = {
  id: 'client.redirect',
  why: 'Okta sends browsers back to registered addresses only, compared character by character: 400 "redirect_uri" otherwise.',
  needs: ['client.type', 'publicurl'],
  async run ({ settings: { clientId = '', publicUrl }, org }) {
    if (publicUrl === undefined) return skipped('PUBLIC_URL is not set, so there is no page')
    const app = await org.findApp(clientId)
    const redirectUris = stringsAt(app, 'settings', 'oauthClient', 'redirect_uris')
    const logoutUris = stringsAt(app, 'settings', 'oauthClient', 'post_logout_redirect_uris')
    const callback = `${publicUrl}${CALLBACK_PATH}`
    if (!redirectUris.includes(callback)) {
      return fail(`the app "${stringAt(app, 'label')}" has no sign-in redirect URI ${callback}; it has ${redirectUris.join(', ') || 'no other'}`, `${LOGIN} > Sign-in redirect URIs: add ${callback}; or correct PUBLIC_URL`)
    }
    if (!logoutUris.includes(`${publicUrl}/`)) return warn(`the sign-out redirect URI ${publicUrl}/ is missing: signing out ends at Okta`, `${LOGIN} > Sign-out redirect URIs: add ${publicUrl}/`)
    if (!redirectUris.includes(`${publicUrl}${DOCS_CALLBACK_PATH}`)) {
      return warn('the sign-in redirect URI of /docs is missing: signing in there fails', `${LOGIN} > Sign-in redirect URIs: add ${publicUrl}${DOCS_CALLBACK_PATH}`)
    }
    return ok(`${callback} and ${publicUrl}/ are registered`)
  }
}
