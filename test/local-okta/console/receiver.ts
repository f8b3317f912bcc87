import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** Listens for an event hook: answers challenges, and deliveries with the status that a test chooses. */
export async function receiveHooks (t: Pick<Test, 'teardown'>): Promise<{ url: string, status: number }> {
  const receiver = { url: '', status: 200 }
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(receiver.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ verification: request.headers['x-okta-verification-challenge'] }))
  })
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
  return receiver
}
