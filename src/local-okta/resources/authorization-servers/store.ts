import { createId } from '../../kernel/identifiers.js'
import { Store } from '../../kernel/store.js'
import type { Changes } from '../../kernel/store.js'
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
    return this.insert({ id: createId('aus'), description: '', status: 'ACTIVE', ...settings })
  }

  update ({ id }: AuthorizationServerRecord, changes: Changes<AuthorizationServerRecord>): AuthorizationServerRecord {
    return this.change(id, changes)
  }

  /** Deletes a server, and its scopes, claims, policies and rules. */
  delete ({ id }: AuthorizationServerRecord): void {
    this.remove(id)
  }

  /** The `iss` of its tokens. */
  issuerOf ({ id }: Pick<AuthorizationServerRecord, 'id'>): string {
    return `${this.kernel.orgUrl}/oauth2/${id}`
  }
}
