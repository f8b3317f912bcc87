import { notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { EventTarget } from '../../kernel/system-log.js'
import { Applications } from '../apps/store.js'
import { nextPriority } from '../crud/policy-defaults.js'
import { Records } from '../crud/store.js'
import type { StoredRecord } from '../crud/store.js'

/** Which apps the policies are for. They are kept among the records. */
export class PolicyMappings {
  readonly #kernel: Kernel
  readonly #records: Records
  readonly #apps: Applications

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#records = kernel.store(Records)
    this.#apps = kernel.store(Applications)
    this.#records.onDelete(({ collection, key, body }) => {
      if (collection !== '/policies') return
      for (const app of this.#apps.all()) if (app.policies[String(body['type'])] === key) this.#apps.setPolicy(app, String(body['type']))
    })
    this.#apps.onDelete(({ id }) => {
      for (const policy of this.#records.in('/policies')) {
        for (const mapping of this.of(policy)) if (mapping.body['resourceId'] === id) this.#records.delete(mapping)
      }
    })
  }

  /** The mappings of a policy. */
  of ({ key }: StoredRecord): StoredRecord[] {
    return this.#records.in(`/policies/${key}/mappings`)
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (policy: StoredRecord, id: string): StoredRecord {
    const mapping = this.of(policy).find(({ key }) => key === id)
    if (!mapping) throw notFound(id, 'PolicyMapping')
    return mapping
  }

  /** Gives an app a policy, in the place of the one of this type that it has. */
  map (policy: StoredRecord, resourceId: string): StoredRecord {
    for (const other of this.#records.in('/policies').filter(({ body }) => body['type'] === policy.body['type'])) {
      for (const mapping of this.of(other)) if (mapping.body['resourceId'] === resourceId) this.#records.delete(mapping)
    }
    const mapping = this.#records.create({ collection: `/policies/${policy.key}/mappings`, key: createId('pma'), status: 'ACTIVE', system: false, body: { resourceId } })
    this.#apps.setPolicy(this.#apps.get(resourceId), String(policy.body['type']), policy.key)
    this.#announce('update', policy)
    return mapping
  }

  unmap (mapping: StoredRecord): void {
    this.#records.delete(mapping)
    const policy = this.#records.find('/policies', mapping.collection.split('/')[2] ?? '')
    const app = this.#apps.findById(String(mapping.body['resourceId']))
    if (!policy) return
    if (app) this.#apps.setPolicy(app, String(policy.body['type']))
    this.#announce('update', policy)
  }

  /** Copies a policy with its rules. */
  clonePolicy ({ key, status, body }: StoredRecord): StoredRecord {
    const copy = this.#records.create({ collection: '/policies', key: createId('00p'), status, system: false, body: { ...body, name: `[cloned] ${String(body['name'])}`, priority: nextPriority(this.#kernel, '/policies', body['type']) } })
    for (const rule of this.#records.in(`/policies/${key}/rules`)) {
      this.#records.create({ collection: `/policies/${copy.key}/rules`, key: createId('0pr'), status: rule.status, system: false, body: rule.body })
    }
    this.#announce('create', copy)
    return copy
  }

  #announce (verb: 'create' | 'update', policy: StoredRecord): void {
    const target: EventTarget = { id: policy.key, type: 'Policy', alternateId: 'unknown', displayName: String(policy.body['name']) }
    this.#kernel.log.announce(`policy.lifecycle.${verb}`, target)
  }
}
