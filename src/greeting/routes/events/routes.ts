import type { FastifyInstance, FastifyRequest } from 'fastify'
import { EventHook } from 'fastify-okta'
import { EventHookChallengeError } from '../../errors.js'
import { createSecretCheck } from './secret.js'

export interface EventsOptions {
  /** What Okta sends as the whole value of `Authorization`. */
  readonly secret: string
}

/** Okta puts few events into a delivery; a hundred of its own make about 150 kB. */
const BODY_LIMIT_BYTES = 1024 * 1024
/** Okta's is short; it does not say of what characters. */
const CHALLENGE = /^[\x20-\x7e]{1,1024}$/

const Verification = { type: 'object', required: ['verification'], properties: { verification: { type: 'string' } } }

/**
 * `GET /okta/events`: proves to Okta, once, that this is where its events are wanted. `POST /okta/events`: takes events of
 * Okta's, and forgets the users who have changed. Both are for Okta alone, by the secret that was registered with the hook;
 * they know no access tokens, challenge nobody for one, and are left out of the OpenAPI document.
 *
 * Okta waits 3 s for an answer and may repeat a delivery once: nothing is waited for here.
 */
export async function events (app: FastifyInstance, { secret }: EventsOptions): Promise<void> {
  const eventHook = new EventHook(app.okta.directory)
  const onRequest = createSecretCheck(secret)

  app.get('/okta/events', { onRequest, schema: { hide: true, response: { 200: Verification } } }, request => ({ verification: readChallenge(request) }))

  app.post('/okta/events', { onRequest, bodyLimit: BODY_LIMIT_BYTES, schema: { hide: true } }, (request, reply) => {
    const received = eventHook.receive(request.body)
    request.log.info({ reqId: request.id, ...received }, 'events received, users forgotten')
    return reply.code(204).send()
  })
}

/** @throws {EventHookChallengeError} there is none, or it is nothing that Okta would send */
function readChallenge ({ headers }: FastifyRequest): string {
  const challenge = headers['x-okta-verification-challenge']
  if (typeof challenge !== 'string' || !CHALLENGE.test(challenge)) throw new EventHookChallengeError()
  return challenge
}
