import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'

const COMMENT = /^# (?:HELP ([a-zA-Z_:][\w:]*) .+|TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram))$/
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]?Inf|NaN)$/i

/** What a scrape says: the value of each series, by its text. */
export type Scrape = ReadonlyMap<string, number>

/** Scrapes the metrics, and holds the text against the format (Prometheus, text format 0.0.4). */
export async function scrape (t: Test, app: FastifyInstance): Promise<Scrape> {
  const response = await app.inject('/metrics')
  t.match(response, { statusCode: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' } })
  return parseExposition(response.body)
}

/**
 * Reads the text format, as strictly as it is written down: each sample belongs to the metric that was declared last, no
 * series is there twice, and what a histogram counts adds up.
 *
 * @throws {Error} naming the line that breaks the rule
 */
export function parseExposition (text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line must end')
  const series = new Map<string, number>()
  const types = new Map<string, string>()
  let current = ''
  for (const line of text.split('\n').filter(Boolean)) {
    const [isComment, , declared, type] = COMMENT.exec(line) ?? []
    if (isComment !== undefined) {
      if (declared === undefined) continue
      if (types.has(declared)) throw new Error(`declared twice: ${line}`)
      types.set(current = declared, type as string)
      continue
    }
    const [isSample, name = '', labels = '', value] = SAMPLE.exec(line) ?? []
    const base = types.get(current) === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name
    if (isSample === undefined || base !== current) throw new Error(`not a sample of ${current}: ${line}`)
    if (series.has(name + labels)) throw new Error(`there twice: ${line}`)
    series.set(name + labels, Number(value?.replace('Inf', 'Infinity')))
  }
  checkHistograms(series)
  return series
}

function checkHistograms (series: Map<string, number>): void {
  const below = new Map<string, number>()
  for (const [name, value] of series) {
    const [isBucket, metric, before = '', le, after = ''] = /^(\w+)_bucket\{(.*?),?le="([^"]+)",?(.*)\}$/.exec(name) ?? []
    if (isBucket === undefined) continue
    const labels = [before, after].filter(Boolean).join(',')
    const key = `${metric}_count${labels === '' ? '' : `{${labels}}`}`
    if (value < (below.get(key) ?? 0)) throw new Error(`holds less than the bucket before: ${name}`)
    below.set(key, value)
    if (le === '+Inf' && series.get(key) !== value) throw new Error(`is not the count: ${name}`)
  }
}

/** What has grown between two scrapes, and by how much; of the plugin's and the requests' counts, not of how long anything took. */
export function growth (before: Scrape, after: Scrape): Record<string, number> {
  const counts = [...after].filter(([name]) => /^(?:okta|http)_\w+(?:_total|_count)\b/.test(name) && !name.includes('route="/metrics"'))
  return Object.fromEntries(counts.map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const).filter(([, by]) => by !== 0))
}
