import { stringsAt } from '../../json.js'
import { fail, ok, type Check } from '../check.js'

export const audience: Check = {
  id: 'audience',
  why: 'A token that is meant for another audience is refused.',
  needs: ['issuer.discovery', 'directory.token'],
  async run ({ settings, org }) {
    const server = await org.findServer()
    if (server === undefined) return fail('the org has no authorization server with this issuer', 'set OKTA_CLIENT_ORGURL and OKTA_OAUTH2_ISSUER to the same org')
    const audiences = stringsAt(server, 'audiences')
    if (audiences.includes(settings.audience)) return ok(settings.audience)
    return fail(`the authorization server issues tokens for ${audiences.join(', ')}, and the service expects ${settings.audience}`,
      `set OKTA_OAUTH2_AUDIENCE=${audiences[0] ?? ''}, or change Admin Console: Security > API > Authorization Servers > (server) > Settings > Audience`)
  }
}
