import { didYouMean } from '../options/did-you-mean.js'

/** The word that was probably meant: one that begins so, or the one with the fewest letters to change. */
export function closest (given: string, words: readonly string[]): string | undefined {
  if (given === '') return undefined
  const begun = words.filter(word => word.startsWith(given))
  return begun.length === 1 ? begun[0] : didYouMean(given, words)
}
