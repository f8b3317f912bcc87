import { invalid } from '../../kernel/errors.js'
import { isObject } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { createRecord, deleteRecord } from './collection.js'
import type { Collection } from './definitions.js'
import { collectionAt } from './parents.js'
import { Records } from './store.js'
import type { StoredRecord } from './store.js'

const PATH = '/trustedOrigins'

/** True if an active trusted origin of the org allows this origin to make requests by script (`CORS`), or browsers to be sent there. */
export function isTrustedOrigin (kernel: Kernel, origin: string, use: 'CORS' | 'REDIRECT'): boolean {
  return kernel.store(Records).in(PATH).some(({ status, body }) =>
    status === 'ACTIVE' && body['origin'] === origin && Array.isArray(body['scopes']) &&
    body['scopes'].some((scope: unknown) => isObject(scope) && scope['type'] === use))
}

/** The trusted origins of the org. */
export function trustedOriginsOf (kernel: Kernel): StoredRecord[] {
  return kernel.store(Records).in(PATH)
}

/** Adds a trusted origin, for CORS and redirects. @throws {OktaApiError} 400 E0000001 for what is not an origin, and for one that there is */
export function addTrustedOrigin (kernel: Kernel, name: string, origin: string): void {
  if (!URL.canParse(origin) || !/^https?:$/.test(new URL(origin).protocol) || new URL(origin).origin !== origin) {
    throw invalid('origin', 'must be a scheme, a host and a port, such as http://127.0.0.1:3000, without a path')
  }
  const scopes = [{ type: 'CORS' }, { type: 'REDIRECT' }]
  createRecord(kernel, collection(), { path: PATH, params: {} }, { name, origin, scopes })
}

/** Deletes a trusted origin. @throws {OktaApiError} 404 E0000007 */
export function deleteTrustedOrigin (kernel: Kernel, id: string): void {
  deleteRecord(kernel, collection(), kernel.store(Records).get(PATH, id, collection().type))
}

function collection (): Collection {
  const found = collectionAt(PATH)
  if (!found) throw new Error(`there is no collection at ${PATH}`)
  return found
}
