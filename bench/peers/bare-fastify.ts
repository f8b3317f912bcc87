import fastify from 'fastify'
import { listen } from '../servers/listen.js'
import { addResource, ANONYMOUS_RESOURCE } from '../servers/resource.js'
import type { StartServer } from '../servers/server.js'

/** The ceiling: nothing is verified. */
export const start: StartServer = async () => {
  const app = fastify()
  addResource(app, [], () => ANONYMOUS_RESOURCE.sub)
  return await listen(app)
}
