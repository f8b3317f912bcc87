import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { EventHookSecretError } from '../../errors.js'

/**
 * Makes a hook for `onRequest`, so it runs before the body is read: lets a request pass if the secret, and nothing else, is
 * the value of its one `Authorization` header. Okta does not sign deliveries, so this is the only proof that it sent one.
 */
export function createSecretCheck (secret: string): onRequestHookHandler {
  const expected = digest(secret)
  return function checkSecret (request, _reply, done) {
    const [sent = '', ...more] = authorizationsOf(request)
    const isSame = timingSafeEqual(digest(sent), expected)
    done(isSame && more.length === 0 ? undefined : new EventHookSecretError())
  }
}

/** Of two such headers Node keeps only the first in `headers`: hence the raw array (name, value, name, value, …). */
function authorizationsOf ({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter((_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization')
}

/** All digests have the same length, so the comparison does not reveal the length of the secret. */
function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
