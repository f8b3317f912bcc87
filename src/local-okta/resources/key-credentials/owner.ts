import type { Kernel } from '../../kernel/kernel.js'
import { Applications } from '../apps/store.js'
import { Records } from '../crud/store.js'
import type { KeyOwner } from './key-credential.js'

/** What has keys: apps and identity providers, by the first part of their path. */
export type OwnerKind = 'apps' | 'idps'

/** An app or identity provider. @throws {OktaApiError} 404 E0000007 */
export function findKeyOwner (kernel: Kernel, kind: OwnerKind, id: string): KeyOwner {
  if (kind === 'apps') return kernel.store(Applications).get(id)
  const { key, body } = kernel.store(Records).get('/idps', id, 'IdpTrust')
  return { id: key, label: String(body['name']) }
}
