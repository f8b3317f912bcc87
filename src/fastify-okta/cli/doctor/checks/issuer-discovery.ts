import { FetchFailedError } from '../../../oauth/fetch-json.js'
import { fail, ok, type Check, type Finding } from '../check.js'
import { describeFetchFailure } from '../issuer.js'
import { isLoopback } from '../../../options/urls.js'

const SERVERS = 'Admin Console: Security > API > Authorization Servers'

export const issuerDiscovery: Check = {
  id: 'issuer.discovery',
  why: 'The service and the page find the keys and the endpoints at the issuer; tokens of another issuer are refused.',
  needs: ['issuer.form'],
  async run ({ settings: { issuer = '' }, issuer: server }) {
    try {
      const metadata = await server.readMetadata()
      return metadata.issuer === issuer ? ok(`the metadata names ${issuer}`) : namesAnother(metadata.issuer)
    } catch (error) {
      if (!(error instanceof FetchFailedError)) throw error
      return cannotBeRead(error, new URL(issuer))
    }
  }
}

function namesAnother (named: string): Finding {
  return named === ''
    ? fail('the metadata names no issuer: something other than Okta answers', 'set OKTA_OAUTH2_ISSUER to the issuer URI of the authorization server')
    : fail(`the metadata names another issuer: ${named}`, `set OKTA_OAUTH2_ISSUER=${named}, or the authorization server's own address (${SERVERS} > Issuer)`)
}

function cannotBeRead (error: FetchFailedError, issuer: URL): Finding {
  const seen = `the metadata of ${issuer.origin} ${describeFetchFailure(error)}`
  if (error.status === 404) return fail(seen, `the org has no such authorization server: copy its Issuer URI (${SERVERS})`)
  if (error.status !== undefined) return fail(seen, `check that the authorization server is active (${SERVERS}), and that no proxy answers in Okta's place`)
  return fail(seen, isLoopback(issuer) ? 'start the local Okta (npx local-okta), or set OKTA_OAUTH2_ISSUER' : 'check the host name, DNS, the firewall and HTTPS_PROXY')
}
