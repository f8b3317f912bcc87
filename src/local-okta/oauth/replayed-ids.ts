/** One-time ids that have been seen, each until it would be refused by its age anyway. */
export class ReplayedIds {
  readonly #expiry = new Map<string, number>()

  /** Uses an id. False when it has been used before. `expiresAt` is in seconds since the epoch. */
  use (id: string, expiresAt: number): boolean {
    const now = Date.now() / 1000
    for (const [old, expiry] of this.#expiry) {
      if (expiry < now) this.#expiry.delete(old)
    }
    if (this.#expiry.has(id)) return false
    this.#expiry.set(id, expiresAt)
    return true
  }
}
