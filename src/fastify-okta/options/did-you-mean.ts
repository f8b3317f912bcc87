/** A word that differs in more letters was not a typing error. */
const MAX_DISTANCE = 2

/** The known word that was probably meant; `undefined` if none is close. */
export function didYouMean (given: string, words: readonly string[]): string | undefined {
  const [closest] = words
    .map(word => ({ word, distance: distanceOf(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= MAX_DISTANCE && distance < word.length)
    .sort((one, other) => one.distance - other.distance)
  return closest?.word
}

/** How many letters must be inserted, deleted or replaced (Levenshtein). */
function distanceOf (from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] as number) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1))
    }
    row = next
  }
  return row.at(-1) as number
}
