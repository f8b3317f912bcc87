// Tokens that are bound to a client's key (RFC 9449): a stolen token is useless without the key.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const okta = await startLocalOkta()
const app = Fastify()
const port = Number(process.env.PORT ?? 3000)

await app.register(fastifyOkta, {
  issuer: okta.issuer,
  audience: okta.audience,
  publicUrl: `http://127.0.0.1:${port}`, // what proofs are compared with; behind a proxy, the origin that callers use
  dpop: { mode: 'required', nonceLifetimeSeconds: 300 } // 'allowed' accepts Bearer tokens too
})

app.get('/claims', { onRequest: app.okta.authenticate }, async (request) => {
  const { sub, cnf } = request.claims
  return { sub, cnf }
})

await app.listen({ port })

const bearer = await okta.mintAccessToken()
console.log(`
# 401: a token that is not bound to a key
curl -i -H "Authorization: Bearer ${bearer}" ${app.listeningOrigin}/claims

A client with a key obtains a bound token, and sends a proof with each request:

CLIENT_SECRET=${okta.clients.service.clientSecret} node examples/dpop/client.js ${okta.issuer} ${okta.clients.service.clientId} ${app.listeningOrigin}/claims
`)
