import type { FastifyInstance } from 'fastify'
import { serveAssets } from './assets.js'
import type { Pages } from './pages.js'

/**
 * `GET /login`, `/callback`, `/logout`: static pages, whose script signs in and out with Okta. What Okta sends back is for
 * the script alone; the server keeps no session, and looks at no query.
 */
export async function pageRoutes (app: FastifyInstance, { pages }: { pages: Pages }): Promise<void> {
  app.get('/login', (_request, reply) => pages.login(reply))
  app.get('/callback', (_request, reply) => pages.callback(reply))
  app.get('/logout', (_request, reply) => pages.logout(reply))
  serveAssets(app, pages.assets)
}
