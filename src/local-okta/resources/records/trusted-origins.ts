import { isObject } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Records } from './store.js'

/** True if an active trusted origin of the org allows this origin to make requests by script (`CORS`), or browsers to be sent there. */
export function isTrustedOrigin (kernel: Kernel, origin: string, use: 'CORS' | 'REDIRECT'): boolean {
  return kernel.store(Records).in('/trustedOrigins').some(({ status, body }) =>
    status === 'ACTIVE' && body['origin'] === origin && Array.isArray(body['scopes']) &&
    body['scopes'].some((scope: unknown) => isObject(scope) && scope['type'] === use))
}
