/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom (seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Ranks from 0 whose frequency falls as 1/rank (Zipf's law), drawn ahead. */
export function drawZipf (ranks: number, draws: number, seed: number): Uint32Array {
  const cumulative = new Float64Array(ranks)
  let sum = 0
  for (let rank = 0; rank < ranks; rank++) cumulative[rank] = sum += 1 / (rank + 1)
  const random = seededRandom(seed)
  return Uint32Array.from({ length: draws }, () => firstAbove(cumulative, random() * sum))
}

function firstAbove (sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}
