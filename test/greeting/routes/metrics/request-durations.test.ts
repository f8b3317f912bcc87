import { Registry } from 'prom-client'
import t from 'tap'
import { RequestDurations } from '#greeting/routes/metrics/request-durations.js'
import { parseExposition, type Scrape } from './exposition.js'

function create (): { durations: RequestDurations, read: () => Promise<Scrape> } {
  const registry = new Registry()
  return { durations: new RequestDurations(registry), read: async () => parseExposition(await registry.metrics()) }
}

function nameOf (part: string, { method = 'GET', statusClass = '2xx', le = '' } = {}): string {
  return `http_request_duration_seconds_${part}{${le === '' ? '' : `le="${le}",`}method="${method}",route="/a",status_class="${statusClass}"}`
}

t.test('a request is in the first bucket whose bound it does not exceed, and in all after it', async t => {
  const { durations, read } = create()
  const observe = durations.addRoute('GET', '/a')
  for (const seconds of [0, 0.001, 0.0011, 0.1, 2.5, 2.6, 100]) observe(200, seconds)
  const series = await read()

  const counts = ['0.001', '0.005', '0.025', '0.1', '0.5', '2.5', '+Inf'].map(le => series.get(nameOf('bucket', { le })))
  t.same(counts, [2, 3, 3, 4, 4, 5, 7])
  t.equal(series.get(nameOf('count')), 7)
  t.ok(Math.abs((series.get(nameOf('sum')) ?? 0) - 105.2021) < 1e-9)
})

t.test('each class of status counts for itself, and what has none counts nowhere', async t => {
  const { durations, read } = create()
  const observe = durations.addRoute('GET', '/a')
  for (const status of [200, 204, 304, 401, 403, 404, 503, 101, 0, 600, NaN]) observe(status, 0.1)
  const series = await read()

  t.same(['2xx', '3xx', '4xx', '5xx'].map(statusClass => series.get(nameOf('count', { statusClass }))), [2, 1, 3, 1])
})

t.test('a route has series before its first request, except for HEAD', async t => {
  const { durations, read } = create()
  durations.addRoute('GET', '/a')
  const observe = durations.addRoute('HEAD', '/a')
  t.equal((await read()).get(nameOf('count')), 0)
  t.notOk((await read()).has(nameOf('count', { method: 'HEAD' })))

  observe(200, 0.1)
  t.equal((await read()).get(nameOf('count', { method: 'HEAD' })), 1)
  t.notOk((await read()).has(nameOf('count', { method: 'HEAD', statusClass: '4xx' })))
})
