/** In which order objects came into being. An id keeps its position after its object is deleted: a cursor outlives its item. */
export class Positions {
  readonly #byId = new Map<string, number>()

  /** Gives an id the next position. False if it has a position, which it keeps. */
  add (id: string): boolean {
    if (this.#byId.has(id)) return false
    this.#byId.set(id, this.#byId.size)
    return true
  }

  /** Every id, by position. */
  all (): string[] {
    return [...this.#byId.keys()]
  }

  /** Puts other ids in the place of those so far. */
  replace (ids: readonly string[]): void {
    this.#byId.clear()
    for (const id of ids) this.add(id)
  }

  /** The position of an id, or undefined if no object ever had it. */
  find (id: string): number | undefined {
    return this.#byId.get(id)
  }
}
