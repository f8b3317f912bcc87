import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { toReadableLine } from './readable-lines.js'

/** Where pino writes its lines. */
export interface LogStream {
  write (line: string): void
}

/** As `writeSync`: returns how many bytes it has written, or throws an error with a `code`. */
export type WriteBytes = (fd: number, bytes: Uint8Array) => number

const STANDARD_OUTPUT = 1
const STANDARD_ERROR = 2
/** What waits for a reader that is slow; beyond it, lines are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024
const TRY_AGAIN_AFTER_MS = 20
const REPORT_AT_MOST_EVERY_MS = 60_000

/**
 * Log lines for a file descriptor that may fail: a full disk, a terminal that is gone, a reader that has left. Such a line
 * is dropped, the standard error says so once a minute at most, and the next line is tried again.
 *
 * Writes at once, so that a line is out before the process can end. Does NOT wait: for a pipe that takes nothing now, lines
 * are kept up to 1 MiB and written later.
 *
 * pino's own destination would retry a full disk forever when it is flushed, and block the process:
 * https://github.com/pinojs/sonic-boom (`flushSync`).
 */
export class LogDestination implements LogStream {
  readonly #fd: number
  readonly #writeBytes: WriteBytes
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #isLineCutOff = false
  #reportedAt = -Infinity

  constructor (fd: number = STANDARD_OUTPUT, writeBytes: WriteBytes = writeSync) {
    this.#fd = fd
    this.#writeBytes = writeBytes
  }

  write (line: string): void {
    const bytes = Buffer.from(this.#isLineCutOff ? `\n${line}` : line)
    if (this.#waiting.length > 0) this.#keep(bytes)
    else this.#writeAll(bytes)
  }

  /** Writes what waits, as far as that is possible without waiting. */
  flush (): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const bytes of waiting) {
      if (this.#waiting.length > 0) this.#keep(bytes)
      else this.#writeAll(bytes)
    }
  }

  #writeAll (bytes: Uint8Array): void {
    let rest = bytes
    try {
      while (rest.length > 0) rest = rest.subarray(this.#writeBytes(this.#fd, rest))
      this.#isLineCutOff = false
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN' || code === 'EBUSY') {
        this.#keep(rest)
        return
      }
      if (rest.length < bytes.length) this.#isLineCutOff = true
      this.#report(code)
    }
  }

  #keep (bytes: Uint8Array): void {
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#report('its reader is too slow')
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.flush()
    }, TRY_AGAIN_AFTER_MS).unref()
  }

  #report (why: string | undefined): void {
    const now = performance.now()
    if (now - this.#reportedAt < REPORT_AT_MOST_EVERY_MS) return
    this.#reportedAt = now
    try {
      this.#writeBytes(STANDARD_ERROR, Buffer.from(`The log cannot be written (${why ?? 'unknown error'}): the service goes on, and log lines are lost\n`))
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** The standard output: lines for people on a terminal, otherwise JSON. */
export async function openLog (): Promise<LogStream> {
  const destination = new LogDestination()
  process.once('exit', () => { destination.flush() })
  return isatty(STANDARD_OUTPUT) ? await makeReadable(destination) : destination
}

/** Turns JSON lines into lines for people: the time, the level, the message and the fields, without JSON. */
export async function makeReadable (destination: LogStream): Promise<LogStream> {
  const { prettyFactory } = await import('pino-pretty')
  const toText = prettyFactory({ translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname', hideObject: true, messageFormat: toReadableLine })
  return { write: (line) => { destination.write(toText(line)) } }
}
