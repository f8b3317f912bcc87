/** More letters than these being wrong, it was no slip of the fingers. */
const MOST_SLIPS = 2

/** The word that was probably meant: one that begins so, or the one with the fewest letters to change. */
export function closest (given: string, words: readonly string[]): string | undefined {
  if (given === '') return undefined
  const begun = words.filter(word => word.startsWith(given))
  if (begun.length === 1) return begun[0]
  const near = words.map(word => ({ word, slips: distance(given, word) }))
    .filter(({ word, slips }) => slips <= MOST_SLIPS && slips < word.length)
    .sort((one, other) => one.slips - other.slips)
  return near[0]?.word
}

/** How many letters must be put in, taken out or exchanged (Levenshtein). */
function distance (from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1]
    for (let column = 1; column <= to.length; column++) {
      const exchanged = (row[column - 1] as number) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(exchanged, (row[column] as number) + 1, (next[column - 1] as number) + 1))
    }
    row = next
  }
  return row.at(-1) as number
}
