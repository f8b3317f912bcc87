// Some routes require a stronger or a more recent sign-in than others (RFC 9470).
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const okta = await startLocalOkta()
const app = Fastify()

await app.register(fastifyOkta, { issuer: okta.issuer, audience: okta.audience })

app.get('/balance', { onRequest: app.okta.authenticate }, async () => ({ balance: 100 }))

// Two factors, and not more than five minutes ago. The challenge tells the client what to ask Okta for:
// acr_values and max_age go into its next authorization request as they are.
const strongAndRecent = app.okta.requireAuthentication({ acr: 'urn:okta:loa:2fa:any', maxAgeSeconds: 300 })
app.post('/transfers', { onRequest: strongAndRecent }, async () => ({ transferred: true }))

await app.listen({ port: Number(process.env.PORT ?? 3000) })

const url = app.listeningOrigin
const now = Math.floor(Date.now() / 1000)
const signedIn = async (acr, secondsAgo) => await okta.mintAccessToken({ claims: { acr, auth_time: now - secondsAgo } })
const [password, twoFactors, anHourAgo] = await Promise.all([
  signedIn('urn:okta:loa:1fa:pwd', 0), signedIn('urn:okta:loa:2fa:any', 0), signedIn('urn:okta:loa:2fa:any', 3600)
])
console.log(`
# 200: a password is enough to read
curl -i -H "Authorization: Bearer ${password}" ${url}/balance

# 401: but not to transfer
curl -i -X POST -H "Authorization: Bearer ${password}" ${url}/transfers

# 200: two factors are enough
curl -i -X POST -H "Authorization: Bearer ${twoFactors}" ${url}/transfers

# 401: two factors, but an hour ago
curl -i -X POST -H "Authorization: Bearer ${anHourAgo}" ${url}/transfers
`)
