import { executionAsyncResource } from 'node:async_hooks'

const held: object[] = []

/**
 * Holds on to one of the objects in which Node queues what is given to `process.nextTick()`, for as long as the process lives.
 *
 * To load the SDK takes several full garbage collections. Where none of those objects is alive at one of them, V8 drops their
 * hidden class, and from then on makes each of them the slow way: 200 ns at every `process.nextTick()` rather than 30, of which
 * a request takes several. With Node 20 that is a fifth of the time that it takes to answer from memory.
 */
export async function holdTickClass (): Promise<void> {
  await new Promise<void>(resolve => {
    process.nextTick(() => {
      held.push(executionAsyncResource())
      resolve()
    })
  })
}
