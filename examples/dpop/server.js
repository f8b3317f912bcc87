// Tokens that are bound to a key of the client's (RFC 9449): whoever steals one cannot use it.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const okta = await startLocalOkta()
const app = Fastify()
const port = Number(process.env.PORT ?? 3000)

await app.register(fastifyOkta, {
  issuer: okta.issuer,
  audience: okta.audience,
  publicUrl: `http://127.0.0.1:${port}`, // what proofs are compared with; behind a proxy, the address that callers use
  dpop: { mode: 'required', nonceLifetimeSeconds: 300 } // 'allowed' takes Bearer tokens too
})

app.get('/claims', { onRequest: app.okta.authenticate }, async (request) => {
  const { sub, cnf } = request.claims
  return { sub, cnf }
})

await app.listen({ port })

const bearer = await okta.mintAccessToken()
console.log(`
# 401: a token that is not bound
curl -i -H "Authorization: Bearer ${bearer}" ${app.listeningOrigin}/claims

And a client with a key, which gets a bound token and proves with each request that it has the key:

CLIENT_SECRET=${okta.clients.service.clientSecret} node examples/dpop/client.js ${okta.issuer} ${okta.clients.service.clientId} ${app.listeningOrigin}/claims
`)
