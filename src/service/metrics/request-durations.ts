import { Histogram, type Registry } from 'prom-client'

/** Upper bounds, in seconds: from memory an answer takes less than a millisecond; one that has to wait for Okta may take 2 s. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5]
const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx']

/** Tells how long a request took, and how it was answered. */
export type ObserveRequest = (statusCode: number, seconds: number) => void

/** How long requests took, by route, method and class of status. */
export class RequestDurations {
  readonly #histogram: Histogram<'method' | 'route' | 'status_class'>

  constructor (registry: Registry) {
    this.#histogram = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'How long requests took, from the end of their headers to the end of the answer.',
      labelNames: ['method', 'route', 'status_class'],
      buckets: BUCKETS,
      registers: [registry]
    })
  }

  /** Makes the series of a route, all at 0; but for those of HEAD, which Fastify makes for each GET and few use. */
  addRoute (method: string, route: string): ObserveRequest {
    const classes = STATUS_CLASSES.map(statusClass => ({ method, route, status_class: statusClass }))
    if (method !== 'HEAD') for (const labels of classes) this.#histogram.zero(labels)
    return (statusCode, seconds) => {
      const labels = classes[Math.floor(statusCode / 100) - 2]
      if (labels !== undefined) this.#histogram.observe(labels, seconds)
    }
  }
}
