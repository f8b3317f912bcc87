import { bisect } from './bisect.js'
import { comparePlaces } from './sort-order.js'
import type { Place, Placed, SortOrder } from './sort-order.js'

/** The objects that a selection is made from, by their index in the order of creation. */
export interface SelectionSource<Item> {
  readonly length: number
  /** The position of an object in the order of creation. */
  readonly positionAt: (index: number) => number
  /** What is selected of an object, or undefined. */
  readonly itemAt: (index: number) => Item | undefined
}

/**
 * Items selected from a store, in the order of creation. It looks at no more objects than the iteration needs: a page of ten
 * thousand users takes the time of that page.
 */
export class Selection<Item> implements Iterable<Item> {
  readonly #source: SelectionSource<Item>

  constructor (source: SelectionSource<Item>) {
    this.#source = source
  }

  * [Symbol.iterator] (): Generator<Item, undefined> {
    yield * this.#from(0)
  }

  /** The first `count` items after a position, or fewer. */
  takeAfter (position: number, count: number): Item[] {
    const taken: Item[] = []
    for (const item of this.#from(bisect(this.#source.length, (index) => this.#source.positionAt(index) > position))) {
      taken.push(item)
      if (taken.length === count) break
    }
    return taken
  }

  * #from (first: number): Generator<Item, undefined> {
    for (let index = first; index < this.#source.length; index += 1) {
      const item = this.#source.itemAt(index)
      if (item !== undefined) yield item
    }
  }
}

/** A selection of a store's own objects, which can be in another order too. */
export class SortableSelection<Item> extends Selection<Item> {
  readonly #sort: (order: SortOrder<Item>) => ReadonlyArray<Placed<Item>>
  readonly #isSelected: (item: Item) => boolean

  /** `sort` gives every object of the store in an order, selected or not. */
  constructor (
    source: SelectionSource<Item>, sort: (order: SortOrder<Item>) => ReadonlyArray<Placed<Item>>, isSelected: (item: Item) => boolean
  ) {
    super(source)
    this.#sort = sort
    this.#isSelected = isSelected
  }

  /** The first `count` items after a place in an order, or fewer. Undefined: from the beginning. */
  takeSortedAfter (order: SortOrder<Item>, after: Place | undefined, count: number): Array<Placed<Item>> {
    const sorted = this.#sort(order)
    const first = after === undefined ? 0 : bisect(sorted.length, (index) => comparePlaces((sorted[index] as Placed<Item>).place, after, order) > 0)
    const taken: Array<Placed<Item>> = []
    for (let index = first; index < sorted.length && taken.length < count; index += 1) {
      const placed = sorted[index] as Placed<Item>
      if (this.#isSelected(placed.item)) taken.push(placed)
    }
    return taken
  }
}
