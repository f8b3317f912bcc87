import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { errorCodes, type FastifyInstance } from 'fastify'
import { readAsset, readAssets, serveAssets, type Asset } from '../../pages/assets.js'
import { docsHeaders } from './page-headers.js'
import { docsPage } from './page.js'
import { SIGN_IN_SCOPES, type Access } from './security.js'

const STATIC_PATH = '/docs/static'

/** Where Okta redirects browsers to after a sign-in on the page; below the origin that they use. */
export const DOCS_REDIRECT_PATH = `${STATIC_PATH}/oauth2-redirect.html`

/**
 * `GET /openapi.json`: the routes and their responses. `GET /docs`: a page to read it, and to try the routes by signing in or
 * with a pasted token. The page keeps tokens in memory, and loads nothing from elsewhere.
 *
 * @throws {Error} the browser part has not been built
 */
export async function docs (app: FastifyInstance, access: Access): Promise<void> {
  let document: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    document ??= JSON.stringify(app.swagger())
    return reply.type('application/json; charset=utf-8').send(document)
  })

  await app.register(async (page) => {
    const headers = docsHeaders(canSignIn(access) ? new URL(access.issuer).origin : null)
    page.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers)
      done()
    })
    servePage(page, access)
    serveRedirect(page)
    // below the page, so that a 404 has its headers too
    page.get(`${STATIC_PATH}/*`, { schema: { hide: true } }, () => { throw new errorCodes.FST_ERR_NOT_FOUND() })
  })
}

function canSignIn ({ clientId, dpop }: Access): boolean {
  return clientId !== null && dpop !== 'required'
}

function servePage (app: FastifyInstance, access: Access): void {
  const own = readAssets()
  const [bundle, style] = ['swagger-ui-bundle.js', 'swagger-ui.css'].map((name) => readAsset(swaggerUiFile(name), STATIC_PATH, name)) as [Asset, Asset]
  const [script, ownStyle, icon] = [own['docs.js'], own['docs-style.css'], own['icon.svg']].map(moveToStatic) as [Asset, Asset, Asset]
  const { text } = docsPage({
    styles: [style.path, ownStyle.path],
    swaggerUi: bundle.path,
    script: script.path,
    icon: icon.path,
    clientId: canSignIn(access) ? access.clientId : null,
    scopes: Object.keys(SIGN_IN_SCOPES),
    redirectPath: DOCS_REDIRECT_PATH
  })
  for (const path of ['/docs', '/docs/']) {
    app.get(path, { schema: { hide: true } }, (_request, reply) => reply
      // The page that Okta sends the popup back to must reach the page that opened it.
      .header('cross-origin-opener-policy', 'same-origin-allow-popups')
      .type('text/html; charset=utf-8')
      .send(text))
  }
  serveAssets(app, [bundle, style, script, ownStyle, icon])
}

function moveToStatic (asset: Asset): Asset {
  return { ...asset, path: asset.path.replace('/assets', STATIC_PATH) }
}

/** The page at the end of a sign-in, and its script, which it names by a relative path. */
function serveRedirect (app: FastifyInstance): void {
  const files = { [DOCS_REDIRECT_PATH]: 'text/html; charset=utf-8', [DOCS_REDIRECT_PATH.replace('.html', '.js')]: 'text/javascript; charset=utf-8' }
  for (const [path, type] of Object.entries(files)) {
    const content = readFileSync(swaggerUiFile(path.slice(STATIC_PATH.length + 1)))
    app.get(path, { schema: { hide: true } }, (_request, reply) => reply.type(type).send(content))
  }
}

/** @fastify/swagger-ui ships swagger-ui's files; its own page has no viewport, no dark theme and a second copy of the document. */
function swaggerUiFile (name: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static', name)
}
