/** The first index for which `isAfter` is true, or the length. It must be false before that index, and true from there on. */
export function bisect (length: number, isAfter: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isAfter(middle)) high = middle
    else low = middle + 1
  }
  return low
}
