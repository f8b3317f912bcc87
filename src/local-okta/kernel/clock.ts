/** The end of the year 9999: later dates have another form as text. */
const MAX_TIME = Date.UTC(10_000, 0) - 1

/** The org's time. Stores, pages and the System Log read it here, never from `Date`. It runs on wherever it is moved. */
export class Clock {
  #offsetMs = 0
  // to write a time took 15 % of filling an org with thousands of users, most of them in the same milliseconds
  #written = { ms: NaN, timestamp: '' }

  /** Now, in milliseconds since the epoch. */
  now (): number {
    return Date.now() + this.#offsetMs
  }

  /** Moves the time by so many milliseconds, back if they are negative. @throws {TypeError} for what is not a finite number */
  advance (ms: number): void {
    this.set(this.now() + ms)
  }

  /** Moves the time to a date. @throws {TypeError} for a date that is invalid, or not in the years 1970 to 9999 */
  set (date: Date | number | string): void {
    const time = new Date(date).getTime()
    if (Number.isNaN(time) || time < 0 || time > MAX_TIME) throw new TypeError('the clock can be set to a date in the years 1970 to 9999')
    this.#offsetMs = time - Date.now()
  }

  /** Moves the time back to that of the machine. */
  reset (): void {
    this.#offsetMs = 0
  }

  /** How far it is from the machine's time, in milliseconds. */
  get offsetMs (): number {
    return this.#offsetMs
  }

  /** Now, as Okta writes times: `2026-01-10T08:00:00.000Z`. */
  timestamp (): string {
    const ms = this.now()
    if (ms !== this.#written.ms) this.#written = { ms, timestamp: new Date(ms).toISOString() }
    return this.#written.timestamp
  }
}
