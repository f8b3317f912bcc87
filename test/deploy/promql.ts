import type { Scrape } from '../greeting/routes/metrics/exposition.js'

/** The labels that Prometheus itself adds. */
const TARGET_LABELS = new Set(['job', 'instance'])
const METRIC = /^(?:okta|http|redis|process|nodejs)_\w+$/

/** A selector of a PromQL expression, as `name{label="value"}`. */
interface Selector {
  readonly name: string
  readonly matchers: ReadonlyArray<{ readonly label: string, readonly operator: string, readonly value: string }>
}

/** What a PromQL expression names that the service does not have: metrics, labels, and values of labels. Empty if it has all. */
export function findUnknown (expression: string, scrape: Scrape): string[] {
  const series = [...scrape.keys()].map(readSeries)
  const labels = new Set([...TARGET_LABELS, ...series.flatMap((each) => [...each.labels.keys()])])
  const grouped = [...expression.matchAll(/\b(?:by|on|ignoring|without|group_left|group_right) ?\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()).filter(Boolean))
  return [
    ...readSelectors(expression).flatMap((selector) => findUnknownIn(selector, series)),
    ...grouped.filter((label) => !labels.has(label)).map((label) => `label ${label}`)
  ]
}

function findUnknownIn ({ name, matchers }: Selector, series: ReadonlyArray<ReturnType<typeof readSeries>>): string[] {
  const own = series.filter((each) => each.name === name)
  if (own.length === 0) return [`metric ${name}`]
  return matchers.filter(({ label }) => !TARGET_LABELS.has(label)).flatMap(({ label, operator, value }) => {
    const values = new Set(own.map((each) => each.labels.get(label)))
    // A regular expression here is a list of words.
    const named = operator.includes('~') ? value.split('|') : [value]
    return named.filter((each) => !values.has(each)).map((each) => `${name}{${label}="${each}"}`)
  })
}

/** The selectors of an expression, with or without labels. */
export function readSelectors (expression: string): Selector[] {
  return [...expression.matchAll(/\b([a-z_:][\w:]*)(?:\{([^}]*)\})?/g)]
    .filter(([, name = '']) => METRIC.test(name))
    .map(([, name = '', matchers = '']) => ({
      name,
      matchers: [...matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(([, label = '', operator = '', value = '']) => ({ label, operator, value }))
    }))
}

function readSeries (text: string): { name: string, labels: ReadonlyMap<string, string> } {
  const [, name = '', labels = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(text) ?? []
  return { name, labels: new Map([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value])) }
}
