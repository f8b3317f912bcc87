/**
 * Where the processes of a fleet keep how far they have read the System Log of an org, and which of them reads it now. If it
 * fails, or takes longer than two seconds, each process reads the log by itself; an event that is read twice takes effect once.
 */
export interface LogPositionStore {
  /**
   * Takes the lease for a time, unless another process has it. To look at it and to take it must be one step.
   *
   * @param holder identifies the process
   * @returns the position, `null` if there is none; and in how many milliseconds the lease of another process ends, `0` if
   *   this process has it
   */
  lease (org: string, holder: string, ttlMs: number): Promise<{ readonly position: string | null, readonly freeInMs: number }>
  /**
   * Keeps the position, and has the lease end after a time, if this process still has it.
   *
   * @returns whether it has
   */
  save (org: string, holder: string, position: string, ttlMs: number): Promise<boolean>
}

/** How far the System Log was read. */
export interface LogPosition {
  /** What was published until then, and had arrived in the log, was seen: the latest `published`, or when an answer was empty. */
  readonly seenUntil: Date
  /** The URL of the next page; `null` if the last answer had none, or it was refused. */
  readonly next: string | null
}

/** The position as a string for a store. */
export function writePosition ({ seenUntil, next }: LogPosition): string {
  return JSON.stringify([seenUntil.toISOString(), next])
}

/** Reads what {@link writePosition} has written; `null` for anything else. */
export function readPosition (text: string | null): LogPosition | null {
  try {
    const [since, next] = JSON.parse(text ?? '') as unknown[]
    const seenUntil = new Date(String(since))
    return Number.isNaN(seenUntil.getTime()) ? null : { seenUntil, next: typeof next === 'string' ? next : null }
  } catch {
    return null
  }
}
