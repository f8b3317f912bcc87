const SLICE_MS = 100

/**
 * Calls back after this many milliseconds in which the process ran. Returns a function that cancels it.
 *
 * The time is counted in slices of 100 ms, and of a slice in which the process was stopped or busy only the slice counts.
 * So an answer that arrived in the meantime is read before its time is over.
 */
export function startTimeout (timeoutMs: number, onTimeout: () => void): () => void {
  let timer: NodeJS.Timeout
  let isExtended = false

  function wait (leftMs: number): void {
    const slice = Math.min(leftMs, SLICE_MS)
    const due = performance.now() + slice
    timer = setTimeout(() => {
      const isLate = performance.now() - due > SLICE_MS
      if (leftMs > slice) wait(leftMs - slice)
      else if (isLate && !isExtended) extend()
      else onTimeout()
    }, slice)
  }

  // The last slice ended long ago: what arrived since then has one more in which it can be read.
  function extend (): void {
    isExtended = true
    wait(SLICE_MS)
  }

  wait(timeoutMs)
  return () => { clearTimeout(timer) }
}

/** A signal that aborts when the time is over, counted as {@link startTimeout} does; and a function that cancels it. */
export function createTimeoutSignal (timeoutMs: number): { readonly signal: AbortSignal, readonly cancel: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, cancel: startTimeout(timeoutMs, () => { controller.abort() }) }
}
