import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createTimeoutSignal, startTimeout } from '#fastify-okta/oauth/timeout.js'
import { eventually } from '../../kit/eventually.js'

/** Keeps this process from doing anything else, as SIGSTOP would. */
function stopFor (ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

t.test('a timeout calls back once its time is over, and not if it is cancelled', async (t) => {
  for (const timeoutMs of [20, 250]) {
    let calls = 0
    startTimeout(timeoutMs, () => { calls++ })
    const cancel = startTimeout(timeoutMs, () => { t.fail('it was cancelled') })
    cancel()
    await eventually(() => calls > 0, 'it calls back')
    await sleep(timeoutMs)
    t.equal(calls, 1, 'once')
  }
})

t.test('the time in which the process was stopped does not count', async (t) => {
  for (const timeoutMs of [400, 50]) {
    let isOver = false
    startTimeout(timeoutMs, () => { isOver = true })
    stopFor(1000)
    for (let i = 0; i < 3; i++) await new Promise((resolve) => { setImmediate(resolve) })
    t.notOk(isOver, 'what has arrived meanwhile can be read')
    await eventually(() => isOver, 'its time is over')
  }
})

t.test('a signal aborts when its time is over', async (t) => {
  const { signal } = createTimeoutSignal(20)
  t.notOk(signal.aborted)
  await eventually(() => signal.aborted, 'it aborts')
})
