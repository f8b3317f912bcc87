import fastify from 'fastify'
import { listen } from '../servers/server.js'
import type { StartServer } from '../servers/server.js'

const text = { type: 'string' }
const schema = { response: { 200: { type: 'object', properties: { greeting: text, name: text, timeZone: text, localTime: text } } } }

/** The ceiling of `/greet`: the same JSON, for everybody. */
export const start: StartServer = async () => {
  const app = fastify()
  app.get('/greet', { schema }, (_request, reply) => {
    reply.send({ greeting: 'Good Morning', name: 'Ada Lovelace', timeZone: 'Europe/London', localTime: '2026-11-24T09:30:00+00:00' })
  })
  return await listen(app)
}
