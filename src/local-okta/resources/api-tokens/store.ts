import { createHash } from 'node:crypto'
import { notFound } from '../../kernel/errors.js'
import { createApiToken, createId } from '../../kernel/identifiers.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'

const WINDOW_MS = 30 * 24 * 3600 * 1000

/** An API token of an administrator. The token itself is not kept. */
export interface ApiToken extends Entity {
  readonly name: string
  readonly userId: string
  /** SHA-256, in base64url. */
  readonly digest: string
  readonly network: Json
  /** When it expires unless it is used. */
  readonly expiresAt: string
}

/** The id of the token that the org starts with. */
const FIRST_ID = '00T00000000000000001'

/**
 * The API tokens. They end with their user: deactivated or deleted. The one that the org starts with does not, and survives a reset,
 * a snapshot and a clock that is moved.
 */
export class ApiTokens extends Store<ApiToken> {
  #first: string | undefined

  constructor (kernel: Kernel) {
    super(kernel)
    const users = kernel.store(Users)
    const revokeOf = ({ id }: User): void => { for (const token of this.all()) if (token.userId === id && token.id !== FIRST_ID) this.revoke(token) }
    users.onDeactivate(revokeOf)
    users.onDelete(revokeOf)
  }

  /** Adds the token that the org starts with. */
  setFirst (token: string): void {
    this.#first = token
    this.#addFirst()
  }

  /** Makes a token, which is shown this once. */
  issue (name: string, userId: string): { readonly token: string, readonly apiToken: ApiToken } {
    const token = createApiToken()
    const apiToken = this.#add(createId('00T'), name, userId, token)
    this.#announce('create', apiToken)
    return { token, apiToken }
  }

  /** The token with this value, unless it has expired or was revoked. */
  findByValue (token: string): ApiToken | undefined {
    const digest = digestOf(token)
    const found = this.all().find((known) => known.digest === digest)
    return found && (found.id === FIRST_ID || Date.parse(found.expiresAt) > this.kernel.clock.now()) ? found : undefined
  }

  /** Lets a token live on for 30 days from now. */
  use ({ id }: ApiToken): ApiToken {
    return this.changeQuietly(id, { expiresAt: this.#expiry() })
  }

  /** Notes a request from outside of the networks of a token. */
  recordRequestFromOutside ({ id, name }: ApiToken): void {
    const target = { id, type: 'Token', alternateId: 'unknown', displayName: name }
    this.kernel.log.announceOutcome('system.api_token.request_outside_allowed_range', { result: 'DENY', reason: 'The network of the API token does not allow this address' }, target)
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (id: string): ApiToken {
    const token = this.findById(id)
    if (!token) throw notFound(id, 'ApiToken')
    return token
  }

  update ({ id }: ApiToken, changes: Partial<Pick<ApiToken, 'name' | 'network' | 'userId'>>): ApiToken {
    const updated = this.change(id, changes)
    this.#announce('update', updated)
    return updated
  }

  revoke (apiToken: ApiToken): void {
    if (this.remove(apiToken.id)) this.#announce('revoke', apiToken)
  }

  override load (saved: unknown): void {
    super.load(saved)
    // the value is another one in each process
    this.remove(FIRST_ID)
    this.#addFirst()
  }

  override clear (): void {
    super.clear()
    this.#addFirst()
  }

  #addFirst (): void {
    if (this.#first !== undefined) this.#add(FIRST_ID, 'Local Okta', this.kernel.administrator.id, this.#first)
  }

  #add (id: string, name: string, userId: string, token: string): ApiToken {
    return this.insert({ id, name, userId, digest: digestOf(token), network: { connection: 'ANYWHERE' }, expiresAt: this.#expiry() })
  }

  #expiry (): string {
    return new Date(this.kernel.clock.now() + WINDOW_MS).toISOString()
  }

  #announce (verb: 'create' | 'update' | 'revoke', { id, name }: ApiToken): void {
    this.kernel.log.announce(`system.api_token.${verb}`, { id, type: 'Token', alternateId: 'unknown', displayName: name })
  }
}

function digestOf (token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
