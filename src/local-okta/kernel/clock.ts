/** The org's time. Stores, pages and the System Log read it here, never from `Date`. */
export class Clock {
  /** Now, in milliseconds since the epoch. */
  now (): number {
    return Date.now()
  }

  /** Now, as Okta writes times: `2026-01-10T08:00:00.000Z`. */
  timestamp (): string {
    return new Date(this.now()).toISOString()
  }
}
