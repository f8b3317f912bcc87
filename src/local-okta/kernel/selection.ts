import { bisect } from './bisect.js'

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
