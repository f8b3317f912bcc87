import type { Histogram, MetricValueWithName, Registry } from 'prom-client'

const NAME = 'http_request_duration_seconds'
const HELP = 'How long requests took, from the end of their headers to the end of the answer.'
/** Upper bounds, in seconds: from memory an answer takes less than a millisecond; one that has to wait for Okta may take 2 s. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5]
const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx']

/** Tells how long a request took, and how it was answered. */
type ObserveRequest = (statusCode: number, seconds: number) => void

interface Series {
  readonly labels: Readonly<Record<'method' | 'route' | 'status_class', string>>
  /** How many requests are in each bucket, and in no other; the last is for those beyond all bounds. */
  readonly counts: number[]
  sum: number
  /** Whether it is shown while it is all 0. */
  readonly isShownEmpty: boolean
}

/**
 * How long requests took, by route, method and class of status: a histogram of Prometheus'.
 *
 * prom-client renders it, but does not count it: its own histogram finds the series by a text that it makes of the labels
 * at every request.
 */
export class RequestDurations {
  readonly #series: Series[] = []

  constructor (registry: Registry) {
    const get = async (): Promise<object> => ({ name: NAME, help: HELP, type: 'histogram', aggregator: 'sum', values: this.#series.flatMap(toValues) })
    // Of a metric, a registry needs these two; the type wants all of prom-client's own.
    registry.registerMetric({ name: NAME, get } as unknown as Histogram)
  }

  /** Makes the series of a route, all at 0, except those of HEAD, which Fastify makes for each GET and few use. */
  addRoute (method: string, route: string): ObserveRequest {
    const classes = STATUS_CLASSES.map((statusClass): Series => ({
      labels: { method, route, status_class: statusClass }, counts: [...BUCKETS, Infinity].map(() => 0), sum: 0, isShownEmpty: method !== 'HEAD'
    }))
    this.#series.push(...classes)
    return (statusCode, seconds) => {
      const series = classes[Math.floor(statusCode / 100) - 2]
      if (series === undefined) return
      let bucket = 0
      while (seconds > (BUCKETS[bucket] ?? Infinity)) bucket++
      series.counts[bucket] = series.counts[bucket] as number + 1
      series.sum += seconds
    }
  }
}

/** A bucket counts all requests that took no longer than its bound. */
function toValues ({ labels, counts, sum, isShownEmpty }: Series): Array<MetricValueWithName<string>> {
  let count = 0
  const buckets = counts.map((own, i) => {
    count += own
    return { metricName: `${NAME}_bucket`, labels: { le: BUCKETS[i] ?? '+Inf', ...labels }, value: count }
  })
  if (count === 0 && !isShownEmpty) return []
  return [...buckets, { metricName: `${NAME}_sum`, labels, value: sum }, { metricName: `${NAME}_count`, labels, value: count }]
}
