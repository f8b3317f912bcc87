/** A word that differs in more letters was not a typing error. */
const MAX_DISTANCE = 2

/** The word that was probably meant: the only one that begins so, or the one with the fewest letters to change; `undefined` if none is close. */
export function didYouMean (given: string, words: readonly string[]): string | undefined {
  if (given === '') return undefined
  const begun = words.filter((word) => word.startsWith(given))
  if (begun.length === 1) return begun[0]
  const [closest] = words
    .map((word) => ({ word, distance: levenshtein(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= MAX_DISTANCE && distance < word.length)
    .sort((one, other) => one.distance - other.distance)
  return closest?.word
}

/** The number of letters to insert, delete or replace. */
function levenshtein (from: string, to: string): number {
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
