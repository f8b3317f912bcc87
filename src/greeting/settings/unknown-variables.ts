/** An environment variable that looks like a setting and is not one. */
export interface UnknownVariable {
  readonly name: string
  /** The setting that was probably meant; `null` if none is similar. */
  readonly suggestion: string | null
}

const LOOKS_LIKE_A_SETTING = /^(?:LOCAL_)?(?:OKTA|GREETING)_/i
/** Of the letters of a name, this part may be wrong. */
const MAX_DIFFERENCE = 1 / 4

/** The variables among `given` that begin as settings of this service do, and are not in `known`. */
export function findUnknownVariables (given: readonly string[], known: readonly string[]): UnknownVariable[] {
  return given
    .filter((name) => LOOKS_LIKE_A_SETTING.test(name) && !known.includes(name))
    .map((name) => ({ name, suggestion: mostSimilar(name, known) }))
}

/** The known name with the fewest letters to change; else one that ends in the same word, as OKTA_ISSUER for OKTA_OAUTH2_ISSUER. */
function mostSimilar (name: string, known: readonly string[]): string | null {
  const letters = lettersOf(name)
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distance(letters, lettersOf(candidate)) }))
    .filter(({ distance }) => distance <= letters.length * MAX_DIFFERENCE)
    .sort((one, other) => one.distance - other.distance)
  const lastWord = lettersOf(name.split('_').at(-1) ?? '')
  return nearest?.candidate ?? known.find((candidate) => lastWord !== '' && lettersOf(candidate).endsWith(lastWord)) ?? null
}

/** Without letter case and underscores, which are what is misspelt most. */
function lettersOf (name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '')
}

/** How many letters must be inserted, removed or replaced (Levenshtein). */
function distance (from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] as number) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}
