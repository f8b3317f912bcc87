import type { FastifyInstance } from 'fastify'
import { serveAssets } from './assets.js'
import type { Pages } from './pages.js'

/**
 * `GET /login`, `/callback`, `/logout`: static pages, whose script signs in and out with Okta. What Okta sends back is for
 * the script alone; the server keeps no session, and looks at no query.
 */
export async function pageRoutes (app: FastifyInstance, { pages }: { pages: Pages }): Promise<void> {
  const schema = { hide: true }
  app.get('/login', { schema }, (_request, reply) => pages.login(reply))
  app.get('/callback', { schema }, (_request, reply) => pages.callback(reply))
  app.get('/logout', { schema }, (_request, reply) => pages.logout(reply))
  serveAssets(app, pages.assets)
}
