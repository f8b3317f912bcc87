import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostHeaderOf } from './options.js'

/** Opens the port. @throws {Error} when it is taken, or the address is not one of this machine */
export async function listen (port: number, address: string): Promise<Server> {
  // an idle connection stays open: to close it just when a busy process uses it again would lose a request
  const server = createServer({ keepAliveTimeout: 0 })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => { resolve(server) })
  })
}

/** The URL of a server that listens, by this name of its host. */
export function urlOf (server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  // as clients write it: without the port if that is 80
  return new URL(`http://${hostHeaderOf(host)}:${port}`).origin
}
