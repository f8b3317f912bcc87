import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** A refusal that may not be final: a wrapper such as `@fastify/auth`, or a `catch`, may let the request pass after all. */
export interface Refusal {
  readonly error: unknown
  readonly headers: Readonly<Record<string, string | number | string[]>>
  /** Tells the recorder of it. */
  readonly record: () => void
}

/** The refusals of a request that are not sent yet, whichever registration's guard they are of; absent where no registration decorates. */
const REFUSALS = Symbol('fastify-okta.refusals')

interface Carrier { [REFUSALS]?: Refusals | null }

interface Refusals {
  readonly all: readonly Refusal[]
  /** The last one, unless a guard has let the request pass since. */
  readonly standing: Refusal | undefined
}

/** Whether the plugin is registered in the scope of this instance, or around it. */
export function isDecorated (fastify: FastifyInstance): boolean {
  return fastify.hasRequestDecorator(REFUSALS)
}

/** Whether the plugin is registered in the scope of the request's route, or around it. */
export function isRegistered (request: FastifyRequest): boolean {
  return (request as Carrier)[REFUSALS] !== undefined
}

/**
 * Sends what refusals put on the answer, and counts them, once it is certain that they stand: not when a guard refuses,
 * but when its error is being sent, or an answer of the same status whose error somebody has caught and put in words of
 * their own.
 */
export function sendRefusals (fastify: FastifyInstance): void {
  fastify.decorateRequest(REFUSALS, null)

  // A request that comes this far has passed, perhaps by an API key that was looked at after the token.
  fastify.addHook('preParsing', function dropOverruledRefusals (request, _reply, _payload, done) {
    dropRefusals(request)
    done()
  })

  fastify.addHook('onError', function sendRefusal (request, reply, error, done) {
    const refusal = (request as Carrier)[REFUSALS]?.all.find((candidate) => candidate.error === error)
    if (refusal !== undefined) {
      send(request, reply, refusal)
      // @fastify/auth has made it 401 by now, an outage too.
      if (error.statusCode !== undefined) reply.code(error.statusCode)
    }
    done()
  })

  fastify.addHook('onSend', function sendCaughtRefusal (request, reply, _payload, done) {
    const refusal = (request as Carrier)[REFUSALS]?.standing
    if (refusal !== undefined && (refusal.error as { statusCode?: number }).statusCode === reply.statusCode) send(request, reply, refusal)
    done()
  })
}

/**
 * Notes that a request is refused.
 *
 * @param reply for a scope without the plugin: there nothing can be put off, so the refusal is sent at once
 */
export function noteRefusal (request: FastifyRequest, refusal: Refusal, reply?: FastifyReply): void {
  const carrier = request as Carrier
  if (isRegistered(request)) carrier[REFUSALS] = { all: [...carrier[REFUSALS]?.all ?? [], refusal], standing: refusal }
  else if (reply !== undefined) send(request, reply, refusal)
}

/** For a request that a guard lets pass: what was refused before counts only if its error is sent all the same. */
export function overruleRefusals (request: FastifyRequest): void {
  const carrier = request as Carrier
  if (carrier[REFUSALS]) carrier[REFUSALS] = { all: carrier[REFUSALS].all, standing: undefined }
}

function dropRefusals (request: FastifyRequest): void {
  const carrier = request as Carrier
  if (carrier[REFUSALS]) carrier[REFUSALS] = null
}

function send (request: FastifyRequest, reply: FastifyReply, { headers, record }: Refusal): void {
  dropRefusals(request)
  record()
  reply.headers(headers)
}
