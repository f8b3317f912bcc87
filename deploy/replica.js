// Starts the service as one of several replicas: `node deploy/replica.js org.json`. With OKTA_OAUTH2_ISSUER it uses that org,
// otherwise the local Okta that was started before with `local-okta --json > org.json`: each replica alone would start its own.
import { readFileSync } from 'node:fs'

if (!process.env.OKTA_OAUTH2_ISSUER) {
  const { issuer, audience, apiToken, clients } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  Object.assign(process.env, {
    OKTA_OAUTH2_ISSUER: issuer,
    OKTA_OAUTH2_AUDIENCE: audience,
    OKTA_OAUTH2_CLIENTID: clients.browser.clientId,
    OKTA_CLIENT_TOKEN: apiToken
  })
}

await import('../src/greeting/dist/server.js')
