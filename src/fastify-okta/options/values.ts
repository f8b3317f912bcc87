/** What fits into a 32-bit timer of Node: a longer timeout would expire at once. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1
/** A Map holds little more. */
export const MAX_ENTRIES = 16_000_000

export function isObject (value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws {TypeError} */
export function assertObject (option: string, value: unknown): asserts value is object {
  if (!isObject(value)) throw new TypeError(`${option} must be an object`)
}

export function boolean (option: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw new TypeError(`${option} must be a boolean`)
  return value
}

interface IntegerRange {
  /** Default 1. */
  readonly min?: number
  readonly max?: number
}

export function integer (option: string, value: number | undefined, fallback: number, { min = 1, max = Number.MAX_SAFE_INTEGER }: IntegerRange = {}): number {
  if (value === undefined) return fallback
  if (!Number.isSafeInteger(value) || value < min) throw new TypeError(`${option} must be a whole number of at least ${min}`)
  if (value > max) throw new TypeError(`${option} must be at most ${max}`)
  return value
}

/** A frozen copy of a non-empty array of strings, each without spaces around it and without control characters. */
export function stringArray (option: string, value: readonly string[] | undefined): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(member => typeof member === 'string' && member !== '')) {
    throw new TypeError(`${option} must be a non-empty array of non-empty strings`)
  }
  for (const member of value as string[]) {
    const issue = findStringIssue(member)
    if (issue !== null) throw new TypeError(`${option} has a string that ${issue}`)
  }
  return Object.freeze([...value] as string[])
}

/** What is wrong with a string as such, in words that follow its name; `null` if nothing is. Never contains the string. */
export function findStringIssue (value: string): string | null {
  if (value === '') return 'is empty'
  if (hasControlCharacter(value)) return 'contains a line break or an invisible character'
  if (value !== value.trim()) return 'begins or ends with a space'
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(value)) return 'is in quotes: leave them off'
  const placeholder = /^(?:\$?\{[\w. -]{1,40}\}|<[\w. -]{1,40}>)$/.exec(value)
  if (placeholder !== null) return `is the placeholder ${placeholder[0]}: put your own value there`
  return null
}

/** Control and format characters, such as a line break, U+200B or U+FEFF. */
export function hasControlCharacter (value: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)
}
