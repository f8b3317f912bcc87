import type { Kernel } from './kernel.js'
import { Selection, SortableSelection } from './selection.js'
import type { SelectionSource } from './selection.js'
import { sortItems } from './sort-order.js'
import type { Placed, SortOrder } from './sort-order.js'

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
  #byId = new Map<string, E>()
  /** The same objects by index. Undefined after a change, until it is needed. */
  #inOrder: readonly E[] | undefined
  /** The same objects in the order that was asked for last, as a client reads page after page. Undefined after a change. */
  #sorted: { readonly name: string, readonly objects: ReadonlyArray<Placed<E>> } | undefined
  /** True if the order of the map may not be that of creation: an id that is used again keeps its first position. */
  #needsSorting = false
  readonly #deletionListeners: Array<(deleted: E) => void> = []

  constructor (kernel: Kernel) {
    this.kernel = kernel
  }

  /** The object with this id, or undefined. */
  findById (id: string): E | undefined {
    return this.#byId.get(id)
  }

  /** How many objects there are. */
  get count (): number {
    return this.#byId.size
  }

  /** Every object, in the order of creation. */
  all (): E[] {
    return [...this.#objects()]
  }

  /** What `pick` returns for each object, in the order of creation; undefined leaves the object out. */
  select<Item> (pick: (entity: E) => Item | undefined): Selection<Item> {
    return new Selection(this.#sourceOf(pick))
  }

  /** The objects for which `isSelected` is true, in the order of creation or another. */
  filter (isSelected: (entity: E) => boolean): SortableSelection<E> {
    return new SortableSelection(this.#sourceOf((entity) => isSelected(entity) ? entity : undefined), (order) => this.#sortedBy(order), isSelected)
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
    this.#needsSorting = true
  }

  /** Drops every object. Tells no listener, and the System Log nothing. */
  clear (): void {
    this.#byId.clear()
    this.#dropOrders()
  }

  protected insert (fields: NewEntity<E>): E {
    const now = this.kernel.clock.timestamp()
    if (!this.kernel.positions.add(fields.id)) this.#needsSorting = true
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
    this.#dropOrders()
    for (const listener of this.#deletionListeners) listener(entity)
    return entity
  }

  #keep (entity: E): E {
    this.#byId.set(entity.id, deepFreeze(entity))
    this.#dropOrders()
    return entity
  }

  #sourceOf<Item> (pick: (entity: E) => Item | undefined): SelectionSource<Item> {
    const objects = this.#objects()
    return {
      length: objects.length,
      positionAt: (index) => this.#positionOf(objects[index]),
      itemAt: (index) => { const entity = objects[index]; return entity && pick(entity) }
    }
  }

  // to sort thousands for each of their pages would take several times as long as the pages
  #sortedBy (order: SortOrder<E>): ReadonlyArray<Placed<E>> {
    if (this.#sorted?.name !== order.name) this.#sorted = { name: order.name, objects: sortItems(this.#objects(), order) }
    return this.#sorted.objects
  }

  #dropOrders (): void {
    this.#inOrder = undefined
    this.#sorted = undefined
  }

  #objects (): readonly E[] {
    if (this.#needsSorting) this.#sort()
    return (this.#inOrder ??= [...this.#byId.values()])
  }

  #sort (): void {
    const sorted = [...this.#byId.values()].sort((a, b) => this.#positionOf(a) - this.#positionOf(b))
    this.#byId = new Map(sorted.map((entity) => [entity.id, entity]))
    this.#needsSorting = false
  }

  #positionOf (entity: E | undefined): number {
    return this.kernel.positions.find(entity?.id ?? '') ?? 0
  }
}

function deepFreeze<T> (value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
