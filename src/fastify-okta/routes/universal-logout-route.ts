import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { InvalidLogoutTokenError } from '../errors/messages.js'
import { publicRouteConfig } from '../guards/public-route.js'
import { readFieldLines } from '../oauth/field-lines.js'
import type { LogoutCredential, UniversalLogout } from '../okta/events/universal-logout.js'
import type { MessageLog } from './message-log.js'

interface UniversalLogoutRouteOptions {
  readonly path: string
  /** Of the challenge. */
  readonly realm: string
  readonly universalLogout: UniversalLogout
  readonly messages: MessageLog
}

/** A subject identifier is a few hundred bytes long. */
const BODY_LIMIT_BYTES = 8 * 1024

/** `POST`: Universal Logout. The credential is checked before the body is read. Okta ignores the bodies of answers. */
export async function universalLogoutRoute (scope: FastifyInstance, { path, realm, universalLogout, messages }: UniversalLogoutRouteOptions): Promise<void> {
  const credentials = new WeakMap<FastifyRequest, LogoutCredential>()
  messages.add('universal_logout')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })

  async function authenticate (request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.header('cache-control', 'no-store')
    try {
      credentials.set(request, await universalLogout.authenticate(readFieldLines(request.raw.rawHeaders, request.headers, 'authorization')))
    } catch (error) {
      if (error instanceof InvalidLogoutTokenError) reply.header('www-authenticate', challengeOf(error, realm))
      throw error
    }
  }

  scope.post(path, {
    config: publicRouteConfig(),
    bodyLimit: BODY_LIMIT_BYTES,
    schema: { hide: true } as object,
    onRequest: authenticate,
    onError: async () => { messages.refuse('universal_logout') }
  }, async (request, reply) => {
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array()
    messages.accept(await universalLogout.logOut(credentials.get(request) as LogoutCredential, body), request)
    return await reply.code(204).send()
  })
}

/** RFC 9110 section 15.5.2: a 401 has a challenge; RFC 6750 section 3.1: one without credentials has no error. */
function challengeOf ({ reason }: InvalidLogoutTokenError, realm: string): string {
  return reason === 'missing' ? `Bearer realm="${realm}"` : `Bearer realm="${realm}", error="invalid_token"`
}
