import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { docsHeaders } from './page-headers.js'
import { SIGN_IN_SCOPES, withoutDpop, type Access } from './security.js'

/** Where Okta sends browsers back to that have signed in on the page; below the origin that they use. */
export const DOCS_REDIRECT_PATH = '/docs/static/oauth2-redirect.html'

/**
 * `GET /openapi.json`: what this service can be asked for, and what it answers. `GET /docs`: the same to read and to try, by
 * signing in or with a token that is pasted. The page keeps tokens in its memory, and loads nothing from elsewhere.
 */
export async function docs (app: FastifyInstance, access: Access): Promise<void> {
  let document: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    document ??= JSON.stringify(app.swagger())
    return reply.type('application/json; charset=utf-8').send(document)
  })

  await app.register(async page => {
    const headers = docsHeaders(canSignIn(access) ? new URL(access.issuer).origin : null)
    page.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers)
      done()
    })
    await page.register(swaggerUi, uiOptions(access))
  })
}

function canSignIn ({ clientId, dpop }: Access): boolean {
  return clientId !== null && dpop !== 'required'
}

function uiOptions (access: Access): FastifySwaggerUiOptions {
  return {
    routePrefix: '/docs',
    theme: { title: 'Greeting: the routes' },
    uiConfig: { layout: 'BaseLayout', deepLinking: true },
    ...(canSignIn(access) ? { initOAuth: { clientId: access.clientId as string, usePkceWithAuthorizationCodeGrant: true, scopes: Object.keys(SIGN_IN_SCOPES) } } : {}),
    // Not for what swagger-ui serves from its files: the page that Okta sends its popup back to must reach the one that opened it.
    uiHooks: {
      onRequest: (_request, reply, done) => {
        reply.header('cross-origin-opener-policy', 'same-origin-allow-popups')
        done()
      }
    },
    // The page asks the origin that it is at, by whichever name that is, and cannot prove that it has a key.
    transformSpecification: ({ servers, ...document }) => withoutDpop(document as OpenApi.Document)
  }
}
