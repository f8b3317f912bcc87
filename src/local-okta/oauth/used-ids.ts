/**
 * Ids that may be used once (`jti`), each kept until its age alone would have it refused. They are of what clients sign by
 * their own clocks, so that they keep the machine's time, however the org's clock is moved.
 */
export class UsedIds {
  readonly #expiry = new Map<string, number>()

  /** Uses up an id. False if it has been used before. `expiresAt` is in seconds since the epoch. */
  consume (id: string, expiresAt: number): boolean {
    const now = Date.now() / 1000
    for (const [used, expiry] of this.#expiry) {
      if (expiry < now) this.#expiry.delete(used)
    }
    if (this.#expiry.has(id)) return false
    this.#expiry.set(id, expiresAt)
    return true
  }
}
