import type { Kernel } from './kernel.js'

/** What every stored object has. */
export interface Entity {
  readonly id: string
  readonly created: string
  readonly lastUpdated: string
}

/** What makes an entity: all of it but the times, which the store sets. */
export type NewEntity<E extends Entity> = Omit<E, 'created' | 'lastUpdated'>

/** What may be changed of an entity. */
export type Changes<E extends Entity> = Partial<Omit<E, keyof Entity>>

/**
 * Keeps the objects of one kind, in the order of creation. Objects are frozen: a change puts a new one in the place of
 * the old one, so only the store's own methods change anything, and they set `lastUpdated`.
 *
 * A subclass says what can be done with its objects, and announces it in the System Log. What hangs on an object of
 * another store subscribes to that store's deletions.
 */
export abstract class Store<E extends Entity> {
  protected readonly kernel: Kernel
  readonly #byId = new Map<string, E>()
  readonly #deletionListeners: Array<(deleted: E) => void> = []

  constructor (kernel: Kernel) {
    this.kernel = kernel
  }

  /** The object with this id, or undefined. */
  findById (id: string): E | undefined {
    return this.#byId.get(id)
  }

  /** Every object, in the order of creation. */
  all (): E[] {
    return [...this.#byId.values()]
  }

  /** Calls the listener with each object that is deleted from now on, after it is gone. */
  onDelete (listener: (deleted: E) => void): void {
    this.#deletionListeners.push(listener)
  }

  /** What a snapshot keeps of this store: JSON. A subclass with more than entities adds to it. */
  save (): unknown {
    return this.all()
  }

  /** Puts what was saved in the place of what is here. Tells no listener, and the System Log nothing. */
  load (saved: unknown): void {
    this.clear()
    for (const entity of saved as E[]) this.#keep(structuredClone(entity))
  }

  /** Drops every object. Tells no listener, and the System Log nothing. */
  clear (): void {
    this.#byId.clear()
  }

  protected insert (fields: NewEntity<E>): E {
    const now = this.kernel.clock.timestamp()
    this.kernel.positions.add(fields.id)
    // TypeScript cannot see that Omit<E, …> and what it omits make an E
    return this.#keep({ ...fields, created: now, lastUpdated: now } as unknown as E)
  }

  /** Changes an object and its `lastUpdated`. */
  protected change (id: string, changes: Changes<E>): E {
    return this.changeQuietly(id, { ...changes, lastUpdated: this.kernel.clock.timestamp() })
  }

  /** Changes an object and leaves its `lastUpdated`. */
  protected changeQuietly (id: string, changes: Changes<E> & { lastUpdated?: string }): E {
    const entity = this.#byId.get(id)
    if (!entity) throw new TypeError(`there is no object ${id}`)
    return this.#keep({ ...entity, ...changes })
  }

  /** Deletes an object and tells the listeners. Gives it, or undefined if there was none. */
  protected remove (id: string): E | undefined {
    const entity = this.#byId.get(id)
    if (!entity || !this.#byId.delete(id)) return undefined
    for (const listener of this.#deletionListeners) listener(entity)
    return entity
  }

  #keep (entity: E): E {
    this.#byId.set(entity.id, deepFreeze(entity))
    return entity
  }
}

function deepFreeze<T> (value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
