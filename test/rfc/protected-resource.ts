import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { FastifyOktaOptions, IntrospectionOptions, SharedOptions } from 'fastify-okta'
import { parametersOf } from './challenge.js'
import type { TokenDifference } from '../kit/access-token.js'
import { buildApplication } from '../kit/application.js'
import type { Issuer } from '../kit/issuer.js'

export const PUBLIC_URL = 'https://greetings.example'

/** A Fastify application with the plugin and a few routes, and the issuer that it trusts. */
export interface ProtectedResource {
  readonly app: FastifyInstance
  readonly issuer: Issuer
  /** Requests a URL with a bearer token: a string, or how it differs from a good token. Default `/claims`. */
  ask (accessToken: string | TokenDifference, url?: string): Promise<LightMyRequestResponse>
}

export interface ProtectedResourceOptions {
  issuer?: Issuer
  plugin?: SharedOptions
  introspection?: IntrospectionOptions
  /** In place of the one issuer. */
  options?: FastifyOktaOptions
}

/** Builds the resource; it closes when the test ends. */
export async function protect (t: Test, { issuer: given, plugin, introspection, options }: ProtectedResourceOptions = {}): Promise<ProtectedResource> {
  const { app, issuer, ask } = await buildApplication(t, {
    hasUsualRoutes: false,
    routes: addRoutes,
    fastify: { routerOptions: { maxParamLength: 1000 } },
    okta: { ...plugin, ...(introspection === undefined ? {} : { introspection }) },
    ...(given === undefined ? {} : { issuer: given }),
    ...(options === undefined ? {} : { options })
  })
  return { app, issuer, ask: async (accessToken, url = '/claims') => await ask(url, accessToken) }
}

function addRoutes (app: FastifyInstance): void {
  const { okta } = app
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)))
  })
  app.route({ method: ['GET', 'POST'], url: '/claims', onRequest: okta.authenticate, handler: async request => request.claims })
  app.get('/public', { onRequest: okta.identify }, async request => ({ claims: request.claims }))
  app.get('/write', { onRequest: okta.requireScope('profile:read', 'profile:write') }, async () => 'written')
  app.get('/greet', { onRequest: okta.requireGroup('Greeters') }, async () => 'Good Morning')
  app.get('/strong', { onRequest: okta.requireAuthentication({ acr: 'urn:okta:loa:2fa:any' }) }, async () => 'strong')
  app.get('/recent', { onRequest: okta.requireAuthentication({ maxAgeSeconds: 300 }) }, async () => 'recent')
  app.get('/strong-and-recent', { onRequest: okta.requireAuthentication({ acr: 'phr', maxAgeSeconds: 300 }) }, async () => 'strong and recent')
}

export interface SocketAnswer {
  readonly statusCode: number | undefined
  readonly headers: Record<string, unknown>
  readonly body: string
}

/** Asks over a socket, with these header lines as they are. */
export async function askBySocket (app: FastifyInstance, path: string, headerLines: ReadonlyArray<readonly [string, string]>): Promise<SocketAnswer> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return await new Promise((resolve, reject) => {
    const headers = [['Host', `127.0.0.1:${port}`], ['Connection', 'close'], ...headerLines].flat()
    httpRequest({ host: '127.0.0.1', port, path, headers }, response => {
      text(response).then(body => { resolve({ statusCode: response.statusCode, headers: response.headers, body }) }, reject)
    }).on('error', reject).end()
  })
}

/** Holds an answer against what RFC 6750 section 3.1 says of a bad token: 401, `invalid_token`, and nothing that may be kept. */
export function refusesToken (t: Test, response: LightMyRequestResponse, title: string): void {
  t.match({ status: response.statusCode, error: parametersOf(response.headers['www-authenticate'])?.['error'], cache: response.headers['cache-control'] }, {
    status: 401, error: 'invalid_token', cache: 'no-store'
  }, title)
}
