import { forbidden } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { Store } from '../../kernel/store.js'
import type { Changes } from '../../kernel/store.js'
import type { EventTarget } from '../../kernel/system-log.js'
import { ServerKeys } from '../../tokens/server-keys.js'
import type { AuthorizationServerRecord } from './authorization-server.js'

/** The id of the server that every org has. In a real org it has another one, and `default` is a name for it in URLs. */
export const DEFAULT_SERVER_ID = 'default'

/** What a new server may bring along. */
export type NewAuthorizationServer =
  Pick<AuthorizationServerRecord, 'name' | 'audiences'> & Partial<Pick<AuthorizationServerRecord, 'id' | 'description'>>

/** The custom authorization servers of the org. */
export class AuthorizationServers extends Store<AuthorizationServerRecord> {
  /** Adds a server. It has no policy yet, so it refuses every token request. */
  create (settings: NewAuthorizationServer): AuthorizationServerRecord {
    return this.#announce('created', this.insert({ id: createId('aus'), description: '', status: 'ACTIVE', ...settings }))
  }

  update ({ id, status }: AuthorizationServerRecord, changes: Changes<AuthorizationServerRecord>): AuthorizationServerRecord {
    const changed = this.change(id, changes)
    if (changed.status === status) return this.#announce('updated', changed)
    return this.#announce(changed.status === 'ACTIVE' ? 'activated' : 'deactivated', changed)
  }

  /** Deletes a server, and its scopes, claims, policies and rules. @throws {OktaApiError} 403 E0000006 for `default` */
  delete (server: AuthorizationServerRecord): void {
    if (server.id === DEFAULT_SERVER_ID) throw forbidden('The default authorization server cannot be deleted.')
    if (this.remove(server.id)) this.#announce('deleted', server)
  }

  /** Makes the next signing key of a server the active one. */
  async rotateKeys (server: AuthorizationServerRecord): Promise<void> {
    const keys = await this.kernel.store(ServerKeys).of(server.id)
    await keys.rotate()
    this.kernel.log.announce('app.oauth2.as.key.rollover', serverTarget(server))
  }

  /** The `default` server, even if it is not active. @throws {TypeError} before it is seeded */
  default (): AuthorizationServerRecord {
    const server = this.findById(DEFAULT_SERVER_ID)
    if (!server) throw new TypeError('the org has no default server yet')
    return server
  }

  /** The `iss` of its tokens. */
  issuerOf ({ id }: Pick<AuthorizationServerRecord, 'id'>): string {
    return `${this.kernel.orgUrl}/oauth2/${id}`
  }

  /** The `aud` of its access tokens. */
  audienceOf (server: AuthorizationServerRecord): string {
    return server.audiences[0] ?? this.issuerOf(server)
  }

  #announce (verb: 'created' | 'updated' | 'deleted' | 'activated' | 'deactivated', server: AuthorizationServerRecord): AuthorizationServerRecord {
    this.kernel.log.announce(`oauth2.as.${verb}`, serverTarget(server))
    return server
  }
}

/** An authorization server as the target of an event. */
export function serverTarget ({ id, name }: Pick<AuthorizationServerRecord, 'id' | 'name'>): EventTarget {
  return { id, type: 'AuthorizationServer', alternateId: 'unknown', displayName: name }
}
