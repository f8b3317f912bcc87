import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostHeaderOf } from './options.js'

/** A port that is open. */
export interface OpenPort {
  readonly server: Server
  /** Has requests answered from now on, first those that have waited. */
  answerBy (listener: RequestListener): void
}

/**
 * Opens the port. The org is made after that, since its issuers have the port: requests that come before `answerBy()` wait.
 *
 * @throws {Error} when it is taken, or the address is not one of this machine
 */
export async function listen (port: number, address: string): Promise<OpenPort> {
  // an idle connection stays open: to close it just when a busy process uses it again would lose a request
  const server = createServer({ keepAliveTimeout: 0 })
  const waiting: Array<[IncomingMessage, ServerResponse]> = []
  const wait = (...exchange: [IncomingMessage, ServerResponse]): void => { waiting.push(exchange) }
  server.on('request', wait)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, resolve)
  })
  return {
    server,
    answerBy (listener) {
      server.off('request', wait).on('request', listener)
      for (const [request, response] of waiting) listener(request, response)
    }
  }
}

/** The URL of a server that listens, by this name of its host. */
export function urlOf (server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  // as clients write it: without the port if that is 80
  return new URL(`http://${hostHeaderOf(host)}:${port}`).origin
}
