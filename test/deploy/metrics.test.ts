import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { scrape, type Scrape } from '../greeting/routes/metrics/exposition.js'
import { buildService } from '../greeting/service.js'
import { delivery, oktaEvent } from '../kit/event-hook.js'
import { findUnknown, readSelectors } from './promql.js'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string, readonly runbook: string }
}

interface Dashboard {
  readonly panels: ReadonlyArray<{ readonly title: string, readonly description: string, readonly targets: ReadonlyArray<{ readonly expr: string }> }>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string, readonly query: string | { readonly query: string } }> }
}

const rules = (parse(await readFile('deploy/prometheus/rules.yml', 'utf8')) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap((group) => group.rules)
const tests = parse(await readFile('deploy/prometheus/rules.test.yml', 'utf8')) as { tests: Array<{ input_series: Array<{ series: string }>, alert_rule_test: Array<{ alertname: string, exp_alerts?: unknown[] }> }> }
const dashboard = JSON.parse(await readFile('deploy/grafana/greeting.json', 'utf8')) as Dashboard
const operations = await readFile('docs/operations.md', 'utf8')

const PROMTOOL = 'promtool'
const skip = spawnSync(PROMTOOL, ['--version']).status === 0 ? false : 'there is no promtool: it is in the package prometheus of Debian'

/** The metrics of a service that has called Okta, has had a message of it, and does not reach its Redis. */
async function scrapeService (t: Test): Promise<Scrape> {
  const secret = 'a-secret-of-these-tests'
  const { app, credentials } = await buildService(t, { settings: { eventHookSecret: secret, redisUrl: 'redis://127.0.0.1:1' } })
  const payload = delivery([oktaEvent('group.user_membership.add', ['User', '00uadalovelace000001'], ['UserGroup', '00gfastifyokta000001'])])
  t.equal((await app.inject({ method: 'POST', url: '/okta/events', headers: { authorization: secret }, payload })).statusCode, 204)
  t.equal((await app.inject({ url: '/greet', headers: await credentials() })).statusCode, 200)
  return await scrape(t, app)
}

t.test('the dashboard asks for metrics, labels and values that the service has', async (t) => {
  const metrics = await scrapeService(t)
  const variables = dashboard.templating.list.flatMap(({ query }) => typeof query === 'string' ? [] : [query.query])
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

  t.ok(expressions.length > 15)
  for (const expression of [...expressions, ...variables]) t.same(findUnknown(expression, metrics), [], expression)
  for (const expression of expressions) t.ok(readSelectors(expression).length > 0, expression)
  for (const { title, description } of dashboard.panels) t.ok(description, title)
})

t.test('the alerts ask for metrics, labels and values that the service has, and their tests too', async (t) => {
  const metrics = await scrapeService(t)
  t.ok(rules.length >= 10)
  for (const { alert, expr } of rules) t.same(findUnknown(expr, metrics), [], alert)
  for (const { series } of tests.tests.flatMap((test) => test.input_series)) t.same(findUnknown(series, metrics), [], series)
})

t.test('each metric of the service is in the table of docs/operations.md, and no other', async (t) => {
  const names = new Set([...await scrapeService(t)].map(([series]) => series.replace(/\{.*/, '').replace(/_(?:bucket|sum|count)$/, '')).filter((name) => /^(?:okta|http|redis)_/.test(name)))
  const described = new Set([...operations.matchAll(/^\| `((?:okta|http|redis)_\w+)/gm)].map(([, name]) => name))

  t.same([...described].sort(), [...names].sort())
})

t.test('each alert has a heading in docs/operations.md, which it names, and a test in which it fires', async (t) => {
  const headings = [...operations.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading)
  t.same(headings.filter((heading) => /^(?:Okta|Greeting)[A-Z]/.test(heading as string)), rules.map(({ alert }) => alert), 'in the same order')
  for (const { alert, labels, annotations } of rules) {
    t.equal(annotations.runbook, `docs/operations.md#${alert.toLowerCase()}`)
    t.ok(annotations.summary, alert)
    t.match(labels.severity, /^(?:critical|warning|info)$/)
    t.ok(tests.tests.some((test) => test.alert_rule_test.some(({ alertname, exp_alerts: expected = [] }) => alertname === alert && expected.length > 0)), `${alert} fires in a test`)
  }
})

t.test('a name that the service does not have is found', async (t) => {
  const metrics = await scrapeService(t)

  t.same(findUnknown('rate(okta_refusal_total[5m])', metrics), ['metric okta_refusal_total'])
  t.same(findUnknown('sum by (kode) (okta_refusals_total{reason="audiense"})', metrics), ['okta_refusals_total{reason="audiense"}', 'label kode'])
  t.same(findUnknown('okta_lookup_seconds_count{result=~"found|lost", job="a"}', metrics), ['okta_lookup_seconds_count{result="lost"}'])
})

t.test('promtool accepts the rules and the configuration, and the tests of the rules pass', { skip }, async (t) => {
  for (const args of [['check', 'rules', 'deploy/prometheus/rules.yml'], ['check', 'config', 'deploy/prometheus/prometheus.yml'], ['test', 'rules', 'deploy/prometheus/rules.test.yml']]) {
    const { status, stdout, stderr } = spawnSync(PROMTOOL, args, { encoding: 'utf8' })
    t.equal(status, 0, `promtool ${args.join(' ')}: ${stdout}${stderr}`)
  }
})

t.test('promtool refuses the tests if a rule is wrong', { skip }, async (t) => {
  const folder = t.testdir({
    'rules.yml': (await readFile('deploy/prometheus/rules.yml', 'utf8')).replace('> 3600', '> 36000'),
    'rules.test.yml': await readFile('deploy/prometheus/rules.test.yml', 'utf8')
  })

  t.not(spawnSync(PROMTOOL, ['test', 'rules', `${folder}/rules.test.yml`]).status, 0)
})
