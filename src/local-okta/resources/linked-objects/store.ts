import { notFound } from '../../kernel/errors.js'
import { isObject } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import { Records } from '../crud/store.js'
import { userTarget } from '../users/events.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'

const DEFINITIONS = '/meta/schemas/user/linkedObjects'

/** A user's one primary in a relationship, such as the manager. */
interface LinkedObjectValue extends Entity {
  readonly primaryName: string
  readonly associatedId: string
  readonly primaryId: string
}

/** The values of linked objects. They go with their users and with their definition. */
export class LinkedObjectValues extends Store<LinkedObjectValue> {
  readonly #records: Records

  constructor (kernel: Kernel) {
    super(kernel)
    this.#records = kernel.store(Records)
    kernel.store(Users).onDelete(({ id }) => { this.#removeWhere(({ associatedId, primaryId }) => associatedId === id || primaryId === id) })
    this.#records.onDelete(({ collection, key }) => { if (collection === DEFINITIONS) this.#removeWhere(({ primaryName }) => primaryName === key) })
  }

  /** Gives a user a primary, in the place of one before. @throws {OktaApiError} 404 E0000007 for a relationship without definition */
  assign (associated: User, primaryName: string, primary: User): void {
    if (!this.#records.find(DEFINITIONS, primaryName)) throw notFound(primaryName, 'LinkedObject')
    const id = idOf(associated.id, primaryName)
    if (this.findById(id)) this.change(id, { primaryId: primary.id })
    else this.insert({ id, primaryName, associatedId: associated.id, primaryId: primary.id })
    this.kernel.log.announce('user.linked_object.assign', userTarget(associated), userTarget(primary))
  }

  /** Removes a user's primary. */
  unassign (associated: User, primaryName: string): void {
    if (this.remove(idOf(associated.id, primaryName))) this.kernel.log.announce('user.linked_object.remove', userTarget(associated))
  }

  /** The user's primary by the primary's name, or those whose primary the user is by the other one. @throws {OktaApiError} 404 E0000007 */
  idsOf (user: User, name: string): string[] {
    if (this.#records.find(DEFINITIONS, name)) {
      const value = this.findById(idOf(user.id, name))
      return value ? [value.primaryId] : []
    }
    const definition = this.#records.in(DEFINITIONS).find(({ body }) => isObject(body['associated']) && body['associated']['name'] === name)
    if (!definition) throw notFound(name, 'LinkedObject')
    return this.all().filter(({ primaryName, primaryId }) => primaryName === definition.key && primaryId === user.id).map(({ associatedId }) => associatedId)
  }

  #removeWhere (matches: (value: LinkedObjectValue) => boolean): void {
    for (const value of this.all()) if (matches(value)) this.remove(value.id)
  }
}

function idOf (associatedId: string, primaryName: string): string {
  return `${associatedId}:${primaryName}`
}
