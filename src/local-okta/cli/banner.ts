import type { LocalOkta, LocalOktaClients, LocalOktaSeed } from '../index.js'

/** What one needs to use a local Okta. */
interface Banner {
  readonly orgUrl: string
  readonly issuer: string
  readonly audience: string
  /** `OKTA_CLIENT_TOKEN`. */
  readonly apiToken: string
  readonly people: ReadonlyArray<{ readonly login: string, readonly password: string, readonly groups: readonly string[] }>
  readonly clients: LocalOktaClients
}

/** @param seed what the org was started with, since the org does not reveal passwords */
export function bannerOf ({ orgUrl, issuer, audience, apiToken, clients }: LocalOkta, { users }: LocalOktaSeed): Banner {
  const people = users.map(({ profile, password, groups = [] }) => ({ login: profile.login, password, groups }))
  return { orgUrl, issuer, audience, apiToken, people, clients }
}

/** The same for people. Every line of code in it works as pasted, in a POSIX shell with curl. */
export function describeBanner (banner: Banner, seed: LocalOktaSeed): string {
  const { orgUrl, issuer, audience, apiToken, clients } = banner
  return `The local Okta is running: ${orgUrl}
It is an Okta org in memory, for development only. It loses everything when it stops.
Open the address in a browser for the console: people, groups, applications, tokens.

Paste these lines into another terminal; a greeting service that starts there uses this Okta.

export OKTA_OAUTH2_ISSUER=${issuer}
export OKTA_OAUTH2_AUDIENCE=${audience}
export OKTA_OAUTH2_CLIENTID=${clients.browser.clientId}
export OKTA_CLIENT_TOKEN=${apiToken}
${describeTokenLines(banner, seed)}
# The users of the org, by the management API: 200
curl -i -H "Authorization: SSWS $OKTA_CLIENT_TOKEN" ${orgUrl}/api/v1/users

People, and their passwords
${describePeople(banner)}

Clients
  ${clients.native.clientId}  native: PKCE on any loopback port, device code, password
  ${clients.browser.clientId}  browser: PKCE, redirects to http://127.0.0.1:3000/callback
  ${clients.service.clientId}  service: client credentials, with the secret ${clients.service.clientSecret}
  ${clients.management.clientId}  service: client credentials at the org, with a private key (--json shows it)

Ctrl+C stops it.`
}

function describePeople ({ people }: Banner): string {
  const widest = Math.max(...people.map(({ login }) => login.length), 0)
  return people.map(({ login, password, groups }) =>
    `  ${login.padEnd(widest)}  ${password}${groups.length === 0 ? '' : `  in ${groups.map((name) => `"${name}"`).join(', ')}`}`).join('\n')
}

/** Lines that obtain a token by password and use it; none if the seed has nobody who could. */
function describeTokenLines ({ issuer, clients }: Banner, { users, applications }: LocalOktaSeed): string {
  const user = users.find(({ status = 'ACTIVE' }) => status === 'ACTIVE')
  const client = applications.find(({ clientId }) => clientId === clients.native.clientId)
  if (user === undefined || client?.grantTypes.includes('password') !== true) return ''
  const fields = { grant_type: 'password', client_id: client.clientId, username: user.profile.login, password: user.password, scope: 'openid profile email' }
  const data = Object.entries(fields).map(([name, value]) => `--data-urlencode ${quote(`${name}=${value}`)}`).join(' ')
  return `
# An access token of ${user.profile.login}
export ACCESS_TOKEN=$(curl -s ${data} ${issuer}/v1/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

# The user that it belongs to: 200
curl -i -H "Authorization: Bearer $ACCESS_TOKEN" ${issuer}/v1/userinfo
`
}

/** For a POSIX shell: between single quotes only the quote itself is special. */
function quote (text: string): string {
  return /^[\w@.:=/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
