import type { LocalOkta } from 'local-okta'
import { MEMBER, STRANGER } from './local-okta.js'

export interface FirstStepsOptions {
  readonly localOkta: LocalOkta
  /** Where the service listens. */
  readonly origin: string
  /** Where a browser may go, if there is a page for it. */
  readonly page: string | null
  /** Of those who are greeted. */
  readonly group: string
  /** Of everybody in the local Okta. */
  readonly password: string
}

/** What to paste into another terminal to see the service work with the local Okta; the tokens are real and last an hour. */
export async function firstSteps ({ localOkta, origin, page, group, password }: FirstStepsOptions): Promise<string> {
  const membership = `${localOkta.orgUrl}/api/v1/groups/${localOkta.groups.find(group)?.id}/users/${MEMBER}`
  const [ada, grace, editor] = await Promise.all([
    localOkta.mintAccessToken({ user: MEMBER }),
    localOkta.mintAccessToken({ user: STRANGER }),
    localOkta.mintAccessToken({ user: MEMBER, scopes: ['openid', 'profile', 'email', 'profile:write'] })
  ])
  return `
The greeting service listens on ${origin}
It uses the local Okta, an org in the memory of this process: ${localOkta.orgUrl}
  issuer    ${localOkta.issuer}
  audience  ${localOkta.audience}
  people    ${MEMBER} (in the group "${group}"), ${STRANGER} (not in it), each with the password ${password}
${page === null ? '' : `  page      ${page}/ to open in a browser\n`}  docs      ${page ?? origin}/docs to read about the routes, and to try them

Paste these into another terminal. The tokens are good for an hour.

# Ada is in the group: 200 and a greeting
curl -i -H "Authorization: Bearer ${ada}" ${origin}/greet

# Grace is not: 403
curl -i -H "Authorization: Bearer ${grace}" ${origin}/greet

# Nobody in particular: 401
curl -i ${origin}/greet

# What is known of Ada
curl -i -H "Authorization: Bearer ${editor}" ${origin}/me

# Ada moves to Tokyo; greet her again
curl -i -X PATCH -H "Authorization: Bearer ${editor}" -H "Content-Type: application/json" -d '{"timezone":"Asia/Tokyo"}' ${origin}/me

# Take Ada out of the group, by Okta's own API: 204; greet her again: 403. With PUT she is back
curl -i -X DELETE -H "Authorization: SSWS ${localOkta.apiToken}" ${membership}

Ctrl+C stops both.
`
}
