import { executionAsyncResource } from 'node:async_hooks'

let retained: object | undefined

/**
 * Retains one of the objects in which Node queues what is given to `process.nextTick()`, for as long as the process lives.
 *
 * If none of those objects is alive at a full garbage collection, as when the SDK is loaded, or when no request is under
 * way, V8 drops their hidden class, and from then on makes each of them the slow way: 200 ns at every `process.nextTick()`
 * rather than 30, of which a request takes several. With Node 20 a Fastify application that was idle once or twice takes
 * half as many instructions again for each request from then on; `bench/` shows it.
 */
export async function retainTickObject (): Promise<void> {
  if (retained !== undefined) return
  await new Promise<void>(resolve => {
    process.nextTick(() => {
      retained = executionAsyncResource()
      resolve()
    })
  })
}
