import closeWithGrace from 'close-with-grace'

/** How long requests under way may take to end, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000
/** A second signal within this time, in milliseconds, is the same one: npm passes on what the terminal has sent already. */
const SAME_SIGNAL_MS = 1000

/** What has to be stopped. */
interface Stoppable {
  /** Takes no more requests, and waits for those under way. */
  stop (): Promise<void>
  /** Called before `stop`, if an uncaught error is the reason. */
  onUncaught (error: Error): void
}

/**
 * Stops on SIGTERM and SIGINT, once requests under way are answered: exit code 0. Code 1 if that takes more than 10 s, on a
 * second signal, and after an uncaught error.
 */
export function stopWithGrace ({ stop, onUncaught }: Stoppable): void {
  let firstSignalAt: number | undefined
  const { close } = closeWithGrace({ delay: STOP_TIMEOUT_MS, logger: false, skip: ['SIGTERM', 'SIGINT'] }, async ({ err }) => {
    if (err !== undefined) onUncaught(err)
    await stop()
  })
  function onSignal (): void {
    if (firstSignalAt === undefined) close()
    else if (performance.now() - firstSignalAt > SAME_SIGNAL_MS) process.exit(1)
    firstSignalAt ??= performance.now()
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
}
