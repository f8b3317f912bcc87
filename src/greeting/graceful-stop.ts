import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'

/** How long requests under way may take to end, in milliseconds. */
const STOP_WITHIN_MS = 10_000
const LOOK_FOR_IDLE_EVERY_MS = 50
/** Within this time, in milliseconds, the same signal is taken for one: npm passes on what the terminal has sent already. */
const SAME_SIGNAL_MS = 1000

/**
 * Closes connections as they fall idle while the app stops. Node closes those that are idle when the stop begins; one
 * whose request was under way then would be kept open for the next request, and would hold the stop up.
 */
export function closeIdleConnectionsOnStop (app: FastifyInstance): void {
  app.addHook('preClose', done => {
    const timer = setInterval(() => { app.server.closeIdleConnections() }, LOOK_FOR_IDLE_EVERY_MS)
    app.server.once('close', () => { clearInterval(timer) })
    done()
  })
}

/** What has to be stopped, in order, and where to say what made it stop. */
export interface Stoppable {
  /** Takes no more requests, and waits for those under way. */
  stop (): Promise<void>
  onUncaught (error: Error): void
}

/**
 * Stops on SIGTERM and SIGINT, once requests under way have had their answers: exit code 0. Code 1 if that takes more
 * than 10 s, on a second signal, and after an error that nobody caught.
 */
export function stopWithGrace ({ stop, onUncaught }: Stoppable): void {
  let firstSignalAt: number | undefined
  const { close } = closeWithGrace({ delay: STOP_WITHIN_MS, logger: false, skip: ['SIGTERM', 'SIGINT'] }, async ({ err }) => {
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
