import { FetchFailedError } from '../../../oauth/fetch-json.js'
import { DirectoryFailure } from '../../../okta/directory/directory-failure.js'
import { describeAnswer } from '../../management-api.js'
import { fail, ok, skipped, type Check, type DoctorContext, type Finding } from '../check.js'
import { NO_CREDENTIALS } from '../org.js'

export const directoryToken: Check = {
  id: 'directory.token',
  why: 'If Okta refuses the service\'s credentials, no user can be read: every request of a user is 503.',
  needs: ['issuer.form'],
  async run (context) {
    const { settings: { orgUrl, credentials }, org } = context
    if (credentials === undefined || orgUrl === undefined) return skipped(NO_CREDENTIALS)
    const name = 'token' in credentials ? 'API token' : 'service app'
    try {
      await org.try('/groups?limit=1')
      return ok(`${orgUrl} accepts the ${name}`)
    } catch (error) {
      if (!(error instanceof DirectoryFailure)) throw error
      // Which rights are missing is for directory.rights to say.
      const isKnown = error.status === 403 || error.errorCode === 'invalid_scope'
      if (isKnown) return ok(`${orgUrl} knows the ${name}`)
      return error.reason === 'unavailable' && await isIssuerDown(context) ? skipped('see issuer.discovery') : describe(error, orgUrl, name)
    }
  }
}

/** Whether the same host does not serve the issuer's metadata either: one cause, which is reported there. */
async function isIssuerDown ({ settings: { issuer = '', orgUrl = '' }, issuer: server }: DoctorContext): Promise<boolean> {
  if (new URL(issuer).origin !== new URL(orgUrl).origin) return false
  try {
    await server.readMetadata()
    return false
  } catch (error) {
    if (error instanceof FetchFailedError) return true
    throw error
  }
}

function describe (failure: DirectoryFailure, orgUrl: string, name: string): Finding {
  const answer = describeAnswer(failure)
  if (failure.reason === 'rate_limited') return skipped('the rate limit of Okta\'s API is used up: try again in a minute')
  if (failure.reason !== 'refused') return fail(`Okta's API at ${orgUrl} is unavailable (${answer})`, 'check OKTA_CLIENT_ORGURL, the firewall and HTTPS_PROXY')
  return name === 'API token'
    ? fail(`${orgUrl} refuses the API token (${answer}): revoked, expired or of another org`, 'Admin Console: Security > API > Tokens > Create token, and set OKTA_CLIENT_TOKEN')
    : fail(`${orgUrl} refuses the service app (${answer})`, 'check OKTA_CLIENT_CLIENTID, and that the public key of OKTA_CLIENT_PRIVATEKEY is registered: Applications > (app) > General > Public keys')
}
