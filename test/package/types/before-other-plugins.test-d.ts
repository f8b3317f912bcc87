import Fastify from 'fastify'
import fastifyOkta, { assertAuthenticated } from 'fastify-okta'
import auth from '@fastify/auth'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'

declare function expectAssignable<T> (value: T): void
const app = Fastify()
await app.register(fastifyOkta, { issuer: 'https://dev-1.okta.com/oauth2/default', audience: 'api://default' })
await app.register(auth)
await app.register(rateLimit)
await app.register(websocket)
const guard = app.okta.requireGroup('Auditors')

// Routes with hooks of other plugins, with and without a guard beside them.
app.get('/', { onRequest: app.rateLimit() }, async (request) => request.id)
app.get('/', { onRequest: [app.rateLimit(), guard] }, async (request) => request.id)
app.get('/', { onRequest: [guard, app.rateLimit()] }, async (request) => request.claims?.sub)
app.get('/', { preHandler: app.rateLimit(), onRequest: guard }, async (request) => request.id)
app.route({ method: 'GET', url: '/', onRequest: app.rateLimit(), handler: async (request) => request.id })
app.get('/', { onRequest: app.auth([guard]) }, async (request) => request.id)
app.get('/', { onRequest: app.auth([guard, async () => {}]) }, async (request) => request.id)
app.get('/', { onRequest: app.auth([[guard, app.okta.identify], guard], { relation: 'and' }) }, async (request) => request.id)
app.route({ method: 'GET', url: '/', onRequest: app.auth([guard]), handler: async (request) => request.id })
const hooks = [app.rateLimit(), guard]
app.get('/', { onRequest: hooks }, async (request) => request.id)

// The handler of a guarded WebSocket is one of a socket.
app.get('/', { websocket: true }, (socket) => { socket.send('x') })
app.get('/', { websocket: true, onRequest: guard }, (socket, request) => {
  socket.send(request.id)
  assertAuthenticated(request)
  expectAssignable<string>(request.claims.sub)
})
app.get('/', { websocket: true, onRequest: [guard, app.rateLimit()] }, (socket) => { socket.send('x') })
app.route({ method: 'GET', url: '/', onRequest: guard, handler: async () => 'a', wsHandler: (socket) => { socket.send('x') } })

// A mistake is still one.
// @ts-expect-error the answer is not what the route promises
app.post<{ Reply: { sub: string } }>('/', async () => ({ sub: 1 }))
// @ts-expect-error there is no such option
app.get('/', { onRequest: guard, websockets: true }, async () => 'a')
