import type { LocalOkta } from 'local-okta'
import { MEMBER, STRANGER } from './local-okta.js'

interface BannerOptions {
  readonly localOkta: LocalOkta
  /** Where the service listens. */
  readonly origin: string
  /** The origin for browsers; `null` if there is no page. */
  readonly page: string | null
  /** The group whose members are greeted. */
  readonly group: string
  /** The password of every user of the local Okta. */
  readonly password: string
}

/**
 * What `npm start` prints with the local Okta: variables with working tokens, commands that use them, and last, on one screen,
 * what to open and who can sign in. Every line of code in it works as pasted, in a POSIX shell with curl.
 */
export async function createBanner (options: BannerOptions): Promise<string> {
  return `
Paste these lines into another terminal. The tokens are valid for an hour.

${await describeVariables(options)}

${describeCommands(options)}

${describeAddresses(options)}

Ctrl+C stops both.
`
}

async function describeVariables ({ localOkta }: BannerOptions): Promise<string> {
  const [ada, grace] = await Promise.all([
    localOkta.mintAccessToken({ user: MEMBER, scopes: ['openid', 'profile', 'email', 'profile:write'] }),
    localOkta.mintAccessToken({ user: STRANGER })
  ])
  // not OKTA_CLIENT_TOKEN: a service that is started in that terminal would take it for a setting
  return `export ADA=${ada}
export GRACE=${grace}
export API_TOKEN=${localOkta.apiToken}`
}

function describeCommands ({ localOkta, origin, group }: BannerOptions): string {
  const membership = `${localOkta.orgUrl}/api/v1/groups/${localOkta.groups.find(group)?.id}/users/${MEMBER}`
  return `# Ada is in the group: 200 and a greeting
curl -i -H "Authorization: Bearer $ADA" ${origin}/greet
# Grace is not: 403
curl -i -H "Authorization: Bearer $GRACE" ${origin}/greet
# Without a token: 401 and a challenge
curl -i ${origin}/greet
# Ada's claims, user and groups: 200
curl -i -H "Authorization: Bearer $ADA" ${origin}/me
# Move Ada to Tokyo: 200, and her next greeting is by Tokyo's time
curl -i -X PATCH -H "Authorization: Bearer $ADA" -H "Content-Type: application/json" -d '{"timezone":"Asia/Tokyo"}' ${origin}/me
# Remove Ada from the group, by Okta's API: 204, and she gets 403
curl -i -X DELETE -H "Authorization: SSWS $API_TOKEN" ${membership}
# Put Ada back: 204, and she is greeted again
curl -i -X PUT -H "Authorization: SSWS $API_TOKEN" ${membership}`
}

function describeAddresses ({ localOkta, origin, page, group, password }: BannerOptions): string {
  return `The greeting service is running, with a local Okta: an Okta org in memory.

${page === null ? '' : `  page      ${page}/ to open in a browser\n`}  docs      ${page ?? origin}/docs to read about the routes, and try them
  service   ${origin}
  Okta      ${localOkta.orgUrl}
  issuer    ${localOkta.issuer}
  audience  ${localOkta.audience}
  people    ${MEMBER} (in the group "${group}"), ${STRANGER} (not in it)
  password  ${password} for both`
}
