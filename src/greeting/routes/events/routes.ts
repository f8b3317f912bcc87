import type { FastifyInstance, FastifyRequest } from 'fastify'
import { EventHook, type ReceivedEvents } from 'fastify-okta'
import { EventHookChallengeError } from '../../errors.js'
import { createSecretCheck } from './secret.js'

export interface EventsOptions {
  /** What Okta sends as the whole value of `Authorization`. */
  readonly secret: string
  /** Called with what came of each delivery, for metrics. */
  readonly onDelivery: (received: ReceivedEvents) => void
}

/** Okta puts few events into a delivery; a hundred of them are about 150 kB. */
const BODY_LIMIT_BYTES = 1024 * 1024
/** Okta's is short; of which characters is not documented. */
const CHALLENGE = /^[\x20-\x7e]{1,1024}$/

const Verification = { type: 'object', required: ['verification'], properties: { verification: { type: 'string' } } }

/**
 * `GET /okta/events`: verifies the event hook, once. `POST /okta/events`: receives events, and evicts the users who have
 * changed. Both are called by Okta only, authenticated with the secret that was registered with the hook; they accept no
 * access tokens, send no challenge, and are not in the OpenAPI document.
 *
 * Okta waits 3 s for an answer and may repeat a delivery once, so nothing here waits.
 */
export async function events (app: FastifyInstance, { secret, onDelivery }: EventsOptions): Promise<void> {
  const eventHook = new EventHook(app.okta.directory)
  const onRequest = createSecretCheck(secret)

  app.get('/okta/events', { onRequest, schema: { hide: true, response: { 200: Verification } } }, request => ({ verification: readChallenge(request) }))

  app.post('/okta/events', { onRequest, bodyLimit: BODY_LIMIT_BYTES, schema: { hide: true } }, (request, reply) => {
    const received = eventHook.receive(request.body)
    onDelivery(received)
    request.log.info({ reqId: request.id, ...received }, 'events received, users evicted')
    return reply.code(204).send()
  })
}

/** @throws {EventHookChallengeError} it is missing, or not what Okta would send */
function readChallenge ({ headers }: FastifyRequest): string {
  const challenge = headers['x-okta-verification-challenge']
  if (typeof challenge !== 'string' || !CHALLENGE.test(challenge)) throw new EventHookChallengeError()
  return challenge
}
