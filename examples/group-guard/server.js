// A route for the members of a group. The directory decides, so removing a user takes effect while their token is valid.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const okta = await startLocalOkta()
okta.groups.create('Auditors')
okta.groups.addUser('Auditors', 'grace@example.com')

const app = Fastify()

await app.register(fastifyOkta, {
  issuer: okta.issuer,
  audience: okta.audience,
  directory: { token: okta.apiToken, userCacheTtlMs: 2000 } // the default is a minute
})

app.get('/reports', { onRequest: app.okta.requireGroup('Auditors') }, async (request) => {
  return { for: request.oktaUser.profile.displayName }
})

// Both are required: the user's group, and the scope of the client that acts for them.
app.delete('/reports', { onRequest: [app.okta.requireGroup('Auditors'), app.okta.requireScope('profile:write')] }, async () => {
  return { deleted: true }
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })

const url = app.listeningOrigin
const grace = await okta.mintAccessToken({ user: 'grace@example.com' })
const ada = await okta.mintAccessToken({ user: 'ada@example.com' })
const group = okta.groups.find('Auditors').id
const member = okta.users.find('grace@example.com').id
console.log(`
# 200: Grace is an auditor
curl -i -H "Authorization: Bearer ${grace}" ${url}/reports

# 403: Ada is not
curl -i -H "Authorization: Bearer ${ada}" ${url}/reports

# 403: Grace is, but her token does not have the scope
curl -i -X DELETE -H "Authorization: Bearer ${grace}" ${url}/reports

# 204: remove Grace from the group, as an administrator; two seconds later the first line gets 403
curl -i -X DELETE -H "Authorization: SSWS ${okta.apiToken}" ${okta.orgUrl}/api/v1/groups/${group}/users/${member}
`)
