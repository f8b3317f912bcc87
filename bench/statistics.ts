/** The middle of several values, and the quartiles: half of the values lie between them. */
export interface Spread {
  readonly median: number
  readonly lower: number
  readonly upper: number
}

export function spreadOf (values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), lower: quantile(values, 0.25), upper: quantile(values, 0.75) }
}

/** Interpolates between two values, as most libraries do (Hyndman and Fan, type 7). */
export function quantile (values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = share * (sorted.length - 1)
  const [before, after] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN]
  return before + (after - before) * (position % 1)
}

/** Ratios of values that were measured one after the other, round by round: what else the machine does changes between rounds. */
export function ratioOf (numerators: readonly number[], denominators: readonly number[]): Spread {
  return spreadOf(numerators.map((numerator, round) => numerator / (denominators[round] as number)))
}
