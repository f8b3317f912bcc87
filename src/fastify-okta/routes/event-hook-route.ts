import type { FastifyInstance, FastifyRequest } from 'fastify'
import { EventHookChallengeError, EventHookSecretError } from '../errors/messages.js'
import { publicRouteConfig } from '../guards/public-route.js'
import { readFieldLines } from '../oauth/field-lines.js'
import type { EventHook } from '../okta/events/event-hook.js'
import { SharedSecret } from '../okta/events/shared-secret.js'
import type { MessageLog } from './message-log.js'

interface EventHookRouteOptions {
  readonly path: string
  /** What Okta sends as the whole value of `Authorization`. */
  readonly secret: string
  readonly eventHook: EventHook
  readonly messages: MessageLog
}

/** Okta puts few events into a delivery; a hundred of them are about 150 kB. */
const BODY_LIMIT_BYTES = 1024 * 1024
/** Okta's is short; of which characters is not documented. */
const CHALLENGE = /^[\x20-\x7e]{1,1024}$/

const Verification = { type: 'object', required: ['verification'], properties: { verification: { type: 'string' } } }

/**
 * `GET`: verifies the event hook, once. `POST`: receives events. Both are called by Okta only, authenticated with the secret
 * that was registered with the hook before the body is read; they accept no access tokens, and send no challenge.
 *
 * Okta waits 3 s for an answer and may repeat a delivery once.
 */
export async function eventHookRoute (scope: FastifyInstance, { path, secret, eventHook, messages }: EventHookRouteOptions): Promise<void> {
  const sharedSecret = new SharedSecret(secret)
  const route = {
    config: publicRouteConfig(),
    onRequest: async ({ raw, headers }: FastifyRequest) => {
      if (!sharedSecret.isSent(readFieldLines(raw.rawHeaders, headers, 'authorization'))) throw new EventHookSecretError()
    },
    onError: async () => { messages.refuse('event_hook') }
  }
  messages.add('event_hook')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, scope.getDefaultJsonParser('error', 'error'))

  scope.get(path, { ...route, schema: { hide: true, response: { 200: Verification } } as object }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const verification = readChallenge(request)
    messages.accept({ source: 'event_hook', type: 'verification', effect: 'verified', uids: [], delaySeconds: undefined }, request)
    return { verification }
  })

  scope.post(path, { ...route, bodyLimit: BODY_LIMIT_BYTES, schema: { hide: true } as object }, async (request, reply) => {
    const received = await eventHook.receive(request.body)
    messages.note('event_hook')
    for (const message of received) messages.accept(message, request)
    return await reply.code(204).header('cache-control', 'no-store').send()
  })
}

/** @throws {EventHookChallengeError} it is missing, or not what Okta would send */
function readChallenge ({ headers }: FastifyRequest): string {
  const challenge = headers['x-okta-verification-challenge']
  if (typeof challenge !== 'string' || !CHALLENGE.test(challenge)) throw new EventHookChallengeError()
  return challenge
}
