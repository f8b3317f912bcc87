import fastify from 'fastify'
import t from 'tap'
import { deliverEvents } from '../../src/service/local-okta.js'
import { startOkta } from './service.js'

t.test('that the local Okta cannot deliver its events is a warning, and nothing more', async t => {
  const okta = await startOkta(t)
  const log: string[] = []
  const app = fastify({ logger: { stream: { write: (line: string) => { log.push(line) } } } })
  t.teardown(async () => { await app.close() })
  await deliverEvents(okta, { origin: 'http://127.0.0.1:9', secret: 'a-secret-of-this-test', log: app.log })

  t.match(log.map(line => JSON.parse(line) as unknown), [{ level: 40, msg: 'the local Okta cannot deliver events: what changes in it takes effect within a minute' }])
  t.notMatch(log.join(''), 'a-secret-of-this-test')
  t.same(okta.eventHooks.list(), [])
})
