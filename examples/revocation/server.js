// Signed out at Okta is signed out here: Universal Logout, an event hook and the System Log refuse a user's tokens at once.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const port = Number(process.env.PORT ?? 3000)
const url = `http://127.0.0.1:${port}`
const secret = 'what-the-event-hook-sends-as-authorization'
const okta = await startLocalOkta()
const app = Fastify()

await app.register(fastifyOkta, {
  issuer: okta.issuer,
  audience: okta.audience,
  directory: { token: okta.apiToken },
  publicUrl: url,
  // Okta calls these two. Shared Signals (`securityEvents`) is the third.
  universalLogout: { clientId: okta.clients.browser.clientId },
  eventHook: { secret },
  // Finds what neither of them delivered.
  systemLog: { pollSeconds: 60 }
})

app.get('/claims', { onRequest: app.okta.authenticate }, async (request) => ({ sub: request.claims.sub }))

await app.listen({ port, host: '127.0.0.1' })

// At your own org an administrator does this, in the Admin Console: at the app, and at Workflow > Event Hooks.
okta.universalLogout.register({ clientId: okta.clients.browser.clientId, url: `${url}/okta/universal-logout` })
await okta.eventHooks.register({ url: `${url}/okta/events`, secret })

const accessToken = await okta.mintAccessToken({ user: 'ada@example.com' })
const ada = okta.users.find('ada@example.com').id
console.log(`
# 200: Ada is signed in
curl -i -H "Authorization: Bearer ${accessToken}" ${url}/claims

# 204: sign her out everywhere, as an administrator; from now on the first line gets 401
curl -i -X POST -H "Authorization: SSWS ${okta.apiToken}" -H "Content-Type: application/json" -d '{"sub_id":{"format":"opaque","id":"${ada}"}}' ${okta.orgUrl}/oauth2/v1/global-token-revocation
`)
