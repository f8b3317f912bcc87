import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

const LOOK_EVERY_MS = 50
/** How long the rest of a request may take to arrive once the stop has begun, in milliseconds. */
const BODY_TIMEOUT_MS = 1000

/**
 * When the app stops, takes no new connections, and closes each open one as soon as no request is under way on it: one that
 * is idle, one that has sent nothing, and one whose request is not complete. What the routes need stays open until then.
 *
 * Node itself closes only connections that are idle when the stop begins: it counts one that has sent nothing as active, and
 * does not look again at one whose request ends later.
 */
export function closeConnectionsOnStop (app: FastifyInstance): void {
  /** Open connections, each with the answer to its last request. */
  const connections = new Map<Socket, ServerResponse | null>()

  function watch (socket: Socket, response: ServerResponse | null): void {
    if (!connections.has(socket)) socket.once('close', () => { connections.delete(socket) })
    connections.set(socket, response)
  }

  app.server.on('connection', (socket: Socket) => { watch(socket, null) })
  // Sees the connections to the second address of `localhost` too, for which Fastify has another server.
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    // A request that is injected has another kind of socket.
    if (socket instanceof Socket) watch(socket, reply.raw)
    done()
  })
  app.addHook('preClose', async () => {
    const stoppedAt = performance.now()
    app.server.close()
    while (connections.size > 0) {
      // The first look is not at once: a request may have arrived that Node has not read yet.
      await sleep(LOOK_EVERY_MS)
      const isLate = performance.now() - stoppedAt > BODY_TIMEOUT_MS
      for (const [socket, response] of connections) if (!isUnderWay(response, isLate)) socket.destroy()
    }
  })
}

/** Whether there is something to answer; a body that does not arrive in time is not waited for. */
function isUnderWay (response: ServerResponse | null, isLate: boolean): boolean {
  if (response === null || response.writableFinished) return false
  const { complete, readableLength } = response.req
  return complete || readableLength > 0 || !isLate
}
