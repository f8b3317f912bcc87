// Tokens of two orgs, staff and customers. Each issuer has its own audience and its own directory, or none.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'

const [staff, customers, others] = await Promise.all([startLocalOkta(), startLocalOkta(), startLocalOkta()])
const tokens = await Promise.all([staff, customers, others].map(okta => okta.mintAccessToken({ user: 'ada@example.com' })))
const app = Fastify()

await app.register(fastifyOkta, {
  issuers: [
    { issuer: staff.issuer, audience: staff.audience, directory: { token: staff.apiToken } },
    { issuer: customers.issuer, audience: customers.audience }
  ]
})

app.get('/orders', { onRequest: app.okta.authenticate }, async (request) => {
  const isStaff = request.claims.iss === staff.issuer
  return { orders: isStaff ? 'all' : `of ${request.claims.sub}`, user: request.oktaUser?.profile.displayName ?? null }
})

// The group of that name in the staff's directory. Customers' tokens have no groups claim, so they never pass.
app.get('/prices', { onRequest: app.okta.requireGroup('Fastify Okta') }, async () => ({ prices: 'secret' }))

await app.listen({ port: Number(process.env.PORT ?? 3000) })

const url = app.listeningOrigin
console.log(`
# 200: all orders for the staff
curl -i -H "Authorization: Bearer ${tokens[0]}" ${url}/orders

# 200: their own for customers
curl -i -H "Authorization: Bearer ${tokens[1]}" ${url}/orders

# 401: the third org is not among the issuers
curl -i -H "Authorization: Bearer ${tokens[2]}" ${url}/orders

# 200: Ada is in the group of the staff's org
curl -i -H "Authorization: Bearer ${tokens[0]}" ${url}/prices

# 403: she is in the customers' group of that name too, which does not count
curl -i -H "Authorization: Bearer ${tokens[1]}" ${url}/prices
`)
