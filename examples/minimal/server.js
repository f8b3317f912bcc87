// The minimum: access tokens are verified, and a route says whose they are.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const okta = await startLocalOkta()
const app = Fastify()

// With your own org: issuer 'https://{org}/oauth2/default', audience 'api://default'
await app.register(fastifyOkta, { issuer: okta.issuer, audience: okta.audience })

// Requires a valid access token.
app.get('/claims', { onRequest: app.okta.authenticate }, async (request) => {
  const { sub, cid, scp } = request.claims
  return { sub, cid, scp }
})

// Needs no token; a token that is sent must be valid.
app.get('/', { onRequest: app.okta.identify }, async (request) => {
  return { hello: request.claims?.sub ?? 'stranger' }
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })

const url = app.listeningOrigin
const accessToken = await okta.mintAccessToken({ user: 'ada@example.com' })
console.log(`
# 200: whose token it is
curl -i -H "Authorization: Bearer ${accessToken}" ${url}/claims

# 401: no token
curl -i ${url}/claims

# 200: hello stranger
curl -i ${url}/

# 401: an invalid token is refused here too
curl -i -H "Authorization: Bearer ${accessToken.slice(0, -9)}AAAAAAAAA" ${url}/
`)
