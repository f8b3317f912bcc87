import type { Kernel } from '../../kernel/kernel.js'
import { createId } from '../../kernel/identifiers.js'
import { Store } from '../../kernel/store.js'
import type { Changes, Entity, NewEntity } from '../../kernel/store.js'
import type { ServerClaim, ServerPolicy, ServerRule, ServerScope } from './authorization-server.js'
import { PART_EVENTS } from './events.js'
import type { PartEvents } from './events.js'
import { AuthorizationServers } from './store.js'

/** OpenID Connect's scopes, which every authorization server has. */
export const SYSTEM_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const

/** What hangs on an authorization server or a policy. It is deleted with it. */
abstract class Parts<E extends Entity & { readonly name: string, readonly status?: 'ACTIVE' | 'INACTIVE' }> extends Store<E> {
  protected abstract readonly prefix: string
  /** Okta's word for one of them, in events. */
  protected abstract readonly type: keyof typeof PART_EVENTS

  create (fields: Omit<NewEntity<E>, 'id'>): E {
    // TypeScript cannot see that Omit<E, 'id'> and an id make an E
    return this.#announce('create', this.insert({ id: createId(this.prefix), ...fields } as unknown as NewEntity<E>))
  }

  update ({ id, status }: E, changes: Changes<E>): E {
    const changed = this.change(id, changes)
    const hasOtherStatus = changed.status !== undefined && changed.status !== status
    return this.#announce(hasOtherStatus ? changed.status === 'ACTIVE' ? 'activate' : 'deactivate' : 'update', changed)
  }

  delete (part: E): void {
    if (this.remove(part.id)) this.#announce('delete', part)
  }

  #announce (verb: keyof PartEvents, part: E): E {
    this.kernel.log.announce(PART_EVENTS[this.type][verb], { id: part.id, type: this.type, alternateId: 'unknown', displayName: part.name })
    return part
  }
}

/** The scopes of the authorization servers. */
export class ServerScopes extends Parts<ServerScope> {
  protected readonly prefix = 'scp'
  protected readonly type = 'OAuth2Scope'

  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(AuthorizationServers).onDelete(({ id }) => { for (const scope of this.ofServer(id)) this.delete(scope) })
  }

  /** Of one server, in the order of creation: OpenID Connect's own first. */
  ofServer (serverId: string): ServerScope[] {
    return this.all().filter((scope) => scope.serverId === serverId)
  }

  /** Adds a scope, with Okta's defaults for what is left out. */
  add (serverId: string, name: string, settings: Partial<NewEntity<ServerScope>> = {}): ServerScope {
    return this.create({
      displayName: null,
      description: null,
      consent: 'IMPLICIT',
      default: false,
      optional: false,
      system: false,
      metadataPublish: 'NO_CLIENTS',
      ...settings,
      serverId,
      name
    })
  }

  /** Adds OpenID Connect's scopes to a new server. */
  addSystemScopes (serverId: string): void {
    for (const name of SYSTEM_SCOPES) this.add(serverId, name, { system: true, metadataPublish: 'ALL_CLIENTS' })
  }
}

/** The claims that the authorization servers add to tokens. */
export class ServerClaims extends Parts<ServerClaim> {
  protected readonly prefix = 'ocl'
  protected readonly type = 'OAuth2Claim'

  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(AuthorizationServers).onDelete(({ id }) => { for (const claim of this.ofServer(id)) this.delete(claim) })
  }

  /** Of one server, in the order of creation. */
  ofServer (serverId: string): ServerClaim[] {
    return this.all().filter((claim) => claim.serverId === serverId)
  }
}

/** The access policies of the authorization servers. */
export class ServerPolicies extends Parts<ServerPolicy> {
  protected readonly prefix = '00p'
  protected readonly type = 'Policy'

  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(AuthorizationServers).onDelete(({ id }) => { for (const policy of this.ofServer(id)) this.delete(policy) })
  }

  /** Of one server, by priority. */
  ofServer (serverId: string): ServerPolicy[] {
    return this.all().filter((policy) => policy.serverId === serverId).sort((a, b) => a.priority - b.priority)
  }
}

/** The rules of the access policies. */
export class ServerRules extends Parts<ServerRule> {
  protected readonly prefix = '0pr'
  protected readonly type = 'PolicyRule'

  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(ServerPolicies).onDelete(({ id }) => { for (const rule of this.ofPolicy(id)) this.delete(rule) })
  }

  /** Of one policy, by priority. */
  ofPolicy (policyId: string): ServerRule[] {
    return this.all().filter((rule) => rule.policyId === policyId).sort((a, b) => a.priority - b.priority)
  }
}
