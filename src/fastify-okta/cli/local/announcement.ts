import type { LocalOkta, LocalOktaClients, SeedUser } from 'local-okta'

/** All that one needs to use a local Okta. */
export interface Announcement {
  readonly orgUrl: string
  readonly issuer: string
  readonly audience: string
  /** `OKTA_CLIENT_TOKEN`; another one at each start. */
  readonly apiToken: string
  readonly people: ReadonlyArray<{ readonly login: string, readonly password: string, readonly groups: readonly string[] }>
  readonly clients: LocalOktaClients
}

/** @param users what the org was started with, since it does not tell passwords */
export function announcementOf ({ orgUrl, issuer, audience, apiToken, clients }: LocalOkta, users: readonly SeedUser[]): Announcement {
  const people = users.map(({ profile, password, groups = [] }) => ({ login: profile.login, password, groups }))
  return { orgUrl, issuer, audience, apiToken, people, clients }
}

/** The same for somebody who reads and pastes it. */
export function describeAnnouncement ({ orgUrl, issuer, audience, apiToken, people, clients }: Announcement): string {
  const widest = Math.max(...people.map(({ login }) => login.length), 0)
  const { login } = people[0] ?? { login: 'LOGIN' }
  return `The local Okta is up: ${orgUrl}
It is in the memory of this process, for this machine only, and forgets everything when it stops.

  issuer     ${issuer}
  audience   ${audience}
  API token  ${apiToken}

People, and their passwords
${people.map(({ login, password, groups }) => `  ${login.padEnd(widest)}  ${password}${groups.length === 0 ? '' : `  in ${groups.map(name => `"${name}"`).join(', ')}`}`).join('\n')}

Clients
  ${clients.native.clientId}  native: PKCE on any loopback port, device code, password
  ${clients.browser.clientId}  browser: PKCE, back to http://127.0.0.1:3000/callback
  ${clients.service.clientId}  service: client credentials, with the secret ${clients.service.clientSecret}
  ${clients.management.clientId}  service: client credentials at the org, with a private key (--json shows it)

Paste these into another terminal.

# The greeting service with this Okta
OKTA_OAUTH2_ISSUER=${issuer} OKTA_CLIENT_TOKEN=${apiToken} fastify-okta serve

# A token of ${login}, in a line that greets
fastify-okta token --issuer ${issuer} --password --user ${login} --curl http://127.0.0.1:3000/greet

# A token by signing in in the browser, explained
fastify-okta token --issuer ${issuer} | fastify-okta decode --issuer ${issuer}

Ctrl+C stops it.`
}
