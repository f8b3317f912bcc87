import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { describeLastMessage } from '#fastify-okta/cli/doctor/service.js'

/** A service whose `/readyz` answers this; its URL. */
async function serve (t: Test, status: number, body: unknown): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/readyz' ? status : 404, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('the age of the last message is shown as the service says it', async (t) => {
  const url = await serve(t, 200, { status: 'ready', messages: [{ source: 'event_hook', ageSeconds: 12 }, { source: 'security_events', ageSeconds: null }] })

  t.equal(await describeLastMessage(url, 'event_hook'), '; the last message came 12 s ago')
  t.equal(await describeLastMessage(url, 'security_events'), '; no message has come to the process that answers')
  t.equal(await describeLastMessage(url, 'universal_logout'), '')
})

t.test('a service that does not say, is not ready, is another program or does not answer is not an issue', async (t) => {
  for (const [status, body] of [[200, { status: 'ready' }], [200, { messages: 'x' }], [200, '<html>'], [503, { messages: [{ source: 'event_hook', ageSeconds: 1 }] }], [404, '']] as const) {
    t.equal(await describeLastMessage(await serve(t, status, body), 'event_hook'), '', JSON.stringify(body))
  }
  t.equal(await describeLastMessage('http://127.0.0.1:9', 'event_hook'), '')
})
