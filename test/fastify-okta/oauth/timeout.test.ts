import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createTimeoutSignal, startTimeout } from '#fastify-okta/oauth/timeout.js'

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
    await sleep(timeoutMs + 300)
    t.equal(calls, 1)
  }
})

t.test('the time in which the process was stopped does not count', async (t) => {
  for (const timeoutMs of [400, 50]) {
    let isOver = false
    startTimeout(timeoutMs, () => { isOver = true })
    stopFor(1000)
    await sleep(20)
    t.notOk(isOver, 'what has arrived meanwhile can be read')
    await sleep(timeoutMs + 400)
    t.ok(isOver)
  }
})

t.test('a signal aborts when its time is over', async (t) => {
  const { signal } = createTimeoutSignal(20)
  t.notOk(signal.aborted)
  await sleep(300)
  t.ok(signal.aborted)
})
