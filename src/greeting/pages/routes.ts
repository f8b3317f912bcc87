import { errorCodes, type FastifyInstance } from 'fastify'
import { prefersPage } from '../http/negotiation.js'
import { readAssets, serveAssets, serveIcon, type Assets } from './assets.js'
import { html } from './html.js'
import { layOut } from './layout.js'
import { pageHeaders } from './page-headers.js'
import type { Pages } from './pages.js'
import { acceptSignInFailures } from './sign-in-failures.js'

/**
 * `GET /login`, `/callback`, `/logout`: static pages, whose script signs in and out with Okta. What Okta sends back is for
 * the script alone; the server keeps no session, and reads no query.
 */
export async function pageRoutes (app: FastifyInstance, { pages }: { pages: Pages }): Promise<void> {
  const schema = { hide: true }
  app.get('/login', { schema }, (_request, reply) => pages.login(reply))
  app.get('/callback', { schema }, (_request, reply) => pages.callback(reply))
  app.get('/logout', { schema }, (request, reply) => pages.logout(request, reply))
  acceptSignInFailures(app)
  servePageAssets(app, pages.assets)
}

/**
 * The same addresses where nobody can sign in: 404, which a browser gets as a page that says which setting is missing.
 *
 * @throws {Error} the browser part has not been built
 */
export async function signInNotSetUp (app: FastifyInstance, { missing }: { missing: 'OKTA_OAUTH2_CLIENTID' | 'PUBLIC_URL' }): Promise<void> {
  const assets = readAssets()
  const headers = pageHeaders(null)
  const { text } = layOut(assets, { issuer: '', clientId: '', publicUrl: '', group: '', isDpopRequired: false }, {
    page: 'sign-in-not-set-up',
    title: 'Sign-in is not set up',
    main: html`<h1>Sign-in is not set up</h1>
<p class="lead">This service has no page to sign in with. It accepts requests with an access token.</p>
<p>The people who run it can turn the page on: the setting <strong>${missing}</strong> is missing.</p>
<p class="actions"><a class="button" href="/docs">API documentation</a></p>`
  })
  for (const path of ['/login', '/callback', '/logout']) {
    app.get(path, { schema: { hide: true } }, (request, reply) => {
      reply.header('vary', 'Accept')
      if (!prefersPage(request)) throw new errorCodes.FST_ERR_NOT_FOUND()
      return reply.code(404).headers(headers).send(text)
    })
  }
  servePageAssets(app, assets)
}

function servePageAssets (app: FastifyInstance, assets: Assets): void {
  serveAssets(app, [assets['page.js'], assets['style.css'], assets['icon.svg']])
  serveIcon(app, assets['icon.svg'])
}
