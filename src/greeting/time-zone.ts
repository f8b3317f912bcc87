import { LRUCache } from 'lru-cache'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
/** More zones than there are; beyond that, the same ones in other letters, and strings that are not zones. */
const MAX_REMEMBERED = 1000
/** An IANA name (the tz database's theory.html). Newer engines take offsets such as +02:00 as well, which are no zones. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/

/** What clocks on the wall show. */
export interface LocalTime {
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

const zones = new LRUCache<string, TimeZone | false>({ max: MAX_REMEMBERED })

/** The zone of this name, in any letters, or `null` if there is none. Remembers both answers. */
export function findTimeZone (name: string): TimeZone | null {
  const remembered = zones.get(name)
  if (remembered !== undefined) return remembered || null
  if (!ZONE_NAME.test(name)) return null
  const zone = openTimeZone(name)
  zones.set(name, zone ?? false)
  return zone
}

function openTimeZone (name: string): TimeZone | null {
  try {
    return new TimeZone(name)
  } catch {
    return null
  }
}
