import { LRUCache } from 'lru-cache'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
/** More zones than there are; beyond that, the same ones in other letters, and strings that are not zones. */
const MAX_REMEMBERED = 1000
/** An IANA name (the tz database's theory.html). Newer engines take offsets such as +02:00 as well, which are no zones. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/

/** What clocks on the wall show. */
interface LocalTime {
  /** 0 to 23. */
  readonly hour: number
  /** RFC 3339, to the second: `2026-11-24T09:30:00+00:00`. */
  readonly text: string
}

/** A time zone of the IANA database. */
export class TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  #minute = NaN
  #offsetMs = 0
  #offsetText = ''
  #second = NaN
  #localTime: LocalTime = { hour: 0, text: '' }

  /** @throws {RangeError} there is no such zone */
  constructor (name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    const { timeZone } = this.#format.resolvedOptions()
    // The database's letters, but not its older name for the same zone (Asia/Calcutta for Asia/Kolkata).
    this.name = timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name
  }

  /** Formatting costs microseconds, on every greeting: each second is written once, and the zone is looked at once a minute. */
  localTime (now: Date): LocalTime {
    const second = Math.floor(now.getTime() / SECOND_MS)
    if (second !== this.#second) {
      const minute = Math.floor(now.getTime() / MINUTE_MS)
      if (minute !== this.#minute) this.#readOffset(minute)
      const text = new Date(now.getTime() + this.#offsetMs).toISOString().slice(0, 19)
      this.#localTime = { hour: Number(text.slice(11, 13)), text: text + this.#offsetText }
      this.#second = second
    }
    return this.#localTime
  }

  #readOffset (minute: number): void {
    const [, sign = '+', hours = '00', minutes = '00'] = /GMT([+-])(\d\d):(\d\d)/.exec(this.#format.format(minute * MINUTE_MS)) ?? []
    this.#minute = minute
    this.#offsetMs = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
    this.#offsetText = `${sign}${hours}:${minutes}`
  }
}

/** The zone of this name, in any letter case; `null` if there is none. */
export function findTimeZone (name: string): TimeZone | null {
  if (!ZONE_NAME.test(name)) return null
  try {
    return new TimeZone(name)
  } catch {
    return null
  }
}

/** Time zones by name, each made once: to make one takes longer than the rest of a greeting. */
export class TimeZones {
  /** `null` for names that are not in the database. */
  readonly #zones = new LRUCache<string, { readonly zone: TimeZone | null }>({ max: MAX_REMEMBERED })

  /** The same as {@link findTimeZone}. */
  find (name: string): TimeZone | null {
    const found = this.#zones.get(name)
    if (found !== undefined) return found.zone
    // Of callers who send anything, no more than a name is kept.
    if (!ZONE_NAME.test(name)) return null
    const zone = findTimeZone(name)
    this.#zones.set(name, { zone })
    return zone
  }
}
