import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { listen, urlOf } from '#local-okta/listen.js'

t.test('a request that comes before the org is made waits for its answer', async t => {
  const { server, answerBy } = await listen(0, '127.0.0.1')
  t.teardown(() => { server.close() })
  const early = request({ port: (server.address() as AddressInfo).port, agent: false }).end()
  await once(server, 'request')
  answerBy((_request, response) => { response.end('the org') })
  const [response] = await once(early, 'response') as [IncomingMessage]
  t.equal(String(await response.toArray()), 'the org')
})

t.test('the URL of port 80 has no port, as clients write it', async t => {
  const server = (port: number) => ({ address: () => ({ port }) }) as never
  t.equal(urlOf(server(80), '127.0.0.1'), 'http://127.0.0.1')
  t.equal(urlOf(server(4000), '::1'), 'http://[::1]:4000')
})
