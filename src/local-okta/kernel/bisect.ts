/** The first index for which `isBehind` is true, or the length; it is false for all before, and true for all after. */
export function bisect (length: number, isBehind: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBehind(middle)) high = middle
    else low = middle + 1
  }
  return low
}
