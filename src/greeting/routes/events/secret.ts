import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { EventHookSecretError } from '../../errors.js'

/**
 * Makes a hook for `onRequest`, so that it runs before the body is read: lets those pass who send the secret, and nothing
 * else, as the value of their one `Authorization` header. Okta signs nothing, so that this is all that tells it from others.
 */
export function createSecretCheck (secret: string): onRequestHookHandler {
  const expected = digest(secret)
  return function checkSecret (request, _reply, done) {
    const [sent = '', ...more] = authorizationsOf(request)
    const isSame = timingSafeEqual(digest(sent), expected)
    done(isSame && more.length === 0 ? undefined : new EventHookSecretError())
  }
}

/** Of two such headers Node keeps the first in `headers`, and drops the other without a word: hence the raw list (name, value, name, value, …). */
function authorizationsOf ({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter((_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization')
}

/** Of one length whatever the text's, so that comparing tells nothing of that either. */
function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
