/** Of one answer to the next request, as device authorizations say (`interval`). */
export const POLLING_INTERVAL_SECONDS = 5

/** When each device has last been told to wait, so that one that asks too often is told to slow down (RFC 8628 section 3.5). */
export class DevicePolls {
  readonly #lastAt = new Map<string, number>()

  /** Notes a request for a code that is not approved yet. True if it came too early. `now` is in milliseconds. */
  isTooEarly (deviceCode: string, now: number): boolean {
    const earliest = now - POLLING_INTERVAL_SECONDS * 1000
    for (const [code, at] of this.#lastAt) if (at <= earliest || at > now) this.#lastAt.delete(code)
    const isTooEarly = this.#lastAt.has(deviceCode)
    this.#lastAt.set(deviceCode, now)
    return isTooEarly
  }
}
