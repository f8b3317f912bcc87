import Fastify, { type FastifyInstance, type FastifyServerOptions, type LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import fastifyOkta, { type FastifyOktaOptions, type IssuerOptions, type SharedOptions } from 'fastify-okta'
import { AUDIENCE, GROUP, type TokenDifference } from './access-token.js'
import { Issuer } from './issuer.js'

/** A Fastify application with the plugin and a few guarded routes, and the issuer that it trusts. */
export interface Application {
  readonly app: FastifyInstance
  readonly issuer: Issuer
  /** Requests a URL with a bearer token: a string, or how it differs from a good token. */
  ask (url: string, accessToken?: string | TokenDifference): Promise<LightMyRequestResponse>
}

export interface ApplicationOptions {
  issuer?: Issuer
  /** Options of the plugin beside the issuer, or others of the issuer's. */
  okta?: Partial<SharedOptions & IssuerOptions>
  /** In place of the one issuer, and of `okta`. */
  options?: FastifyOktaOptions
  fastify?: FastifyServerOptions
  /** Before the plugin is registered. */
  before?: (app: FastifyInstance) => void | Promise<void>
  /** Whether the application has the usual routes. Default true. */
  hasUsualRoutes?: boolean
  /** Beside the usual routes. */
  routes?: (app: FastifyInstance) => void | Promise<void>
}

/** Builds the application; it closes when the test ends. */
export async function buildApplication (t: Pick<Test, 'teardown'>, given: ApplicationOptions = {}): Promise<Application> {
  const issuer = given.issuer ?? await Issuer.start(t)
  const app = Fastify({ forceCloseConnections: true, ...given.fastify })
  t.teardown(async () => { await app.close() })
  await given.before?.(app)
  await app.register(fastifyOkta, given.options ?? { issuer: issuer.url, audience: AUDIENCE, keysCooldownMs: 1, ...given.okta })
  if (given.hasUsualRoutes !== false) addRoutes(app)
  await given.routes?.(app)
  await app.ready()
  return {
    app,
    issuer,
    ask: async (url, accessToken = {}) => await app.inject({ url, headers: bearer(issuer, accessToken) })
  }
}

function addRoutes (app: FastifyInstance): void {
  const { okta } = app
  app.get('/me', { onRequest: okta.authenticate }, async ({ claims, oktaUser }) => ({ claims, oktaUser }))
  app.get('/anybody', { onRequest: okta.identify }, async ({ claims, oktaUser }) => ({ claims, oktaUser }))
  app.get('/greet', { onRequest: okta.requireGroup(GROUP) }, async () => 'Good Morning')
  app.get('/write', { onRequest: okta.requireScope('profile', 'profile:write') }, async () => 'written')
  app.get('/open', async ({ claims, oktaUser }) => ({ claims, oktaUser }))
}

function bearer (issuer: Issuer, accessToken: string | TokenDifference): { authorization: string } {
  return { authorization: `Bearer ${typeof accessToken === 'string' ? accessToken : issuer.mint(accessToken)}` }
}
