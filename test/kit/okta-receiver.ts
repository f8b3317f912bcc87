import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** A request that Okta has sent. */
export interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What the local Okta delivers to, gone when the test ends. It answers each request with the next of these statuses, the last for all that follow. */
export class OktaReceiver {
  readonly requests: ReceivedRequest[] = []
  statuses: number[] = [204]
  /** True to answer the challenge of an event hook. */
  answersChallenges = false
  url = ''

  static async start (t: Pick<Test, 'teardown'>): Promise<OktaReceiver> {
    const receiver = new OktaReceiver()
    const server = createServer(async (request, response) => {
      const verification = request.headers['x-okta-verification-challenge']
      if (receiver.answersChallenges && verification !== undefined) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ verification }))
        return
      }
      receiver.requests.push({ path: request.url ?? '', headers: request.headers, body: await text(request) })
      const [status = 204, ...others] = receiver.statuses
      if (others.length > 0) receiver.statuses = others
      response.writeHead(status, { 'content-type': 'application/json' }).end()
    })
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return receiver
  }
}
