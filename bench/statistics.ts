/** The middle of several rounds, and the quartiles: half of the rounds lie between them. */
export interface Spread {
  readonly median: number
  readonly lower: number
  readonly upper: number
}

export function spreadOf (values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => {
    const position = share * (sorted.length - 1)
    const [before, after] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN]
    return before + (after - before) * (position % 1)
  }
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) }
}

/** Ratios are taken round by round, since two rounds may find the machine in different moods. */
export function ratioOf (numerators: readonly number[], denominators: readonly number[]): Spread {
  return spreadOf(numerators.map((numerator, round) => numerator / (denominators[round] as number)))
}
