import type { FastifyInstance, onResponseHookHandler } from 'fastify'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Recorder } from 'fastify-okta'
import { createOktaMetrics } from './okta-metrics.js'
import { RequestDurations } from './request-durations.js'

/** Of the process, so that all apps in it share them: what collects them is never stopped. */
let processMetrics: Registry | undefined

/** What one app has counted, and its process. */
export class Metrics {
  /** For the plugin. */
  readonly recorder: Recorder
  readonly #own = new Registry()
  readonly #durations: RequestDurations

  constructor () {
    this.recorder = createOktaMetrics(this.#own)
    this.#durations = new RequestDurations(this.#own)
  }

  get contentType (): string {
    return this.#own.contentType
  }

  /** All of it in Prometheus' text format. */
  async render (): Promise<string> {
    processMetrics ??= collectProcessMetrics()
    return await Registry.merge([this.#own, processMetrics]).metrics()
  }

  /** Adds whether replicas share state through Redis now. */
  showRedis (isAvailable: () => boolean): void {
    const gauge: Gauge = new Gauge({
      name: 'redis_available',
      help: '1 if replicas share state through Redis, 0 if Redis is unavailable; absent without REDIS_URL.',
      registers: [this.#own],
      collect: () => { gauge.set(isAvailable() ? 1 : 0) }
    })
  }

  /**
   * Measures the requests for routes that are added from now on, and those for which there is no route. Does NOT see what
   * Fastify or Node refuses before it looks for one, such as a malformed path.
   */
  measureRequests (app: FastifyInstance): void {
    app.addHook('onRoute', route => {
      const observe = this.#durations.addRoute(String(route.method), route.url)
      const onResponse: onResponseHookHandler = (_request, reply, done) => {
        observe(reply.statusCode, reply.elapsedTime / 1000)
        done()
      }
      route.onResponse = [onResponse, ...[route.onResponse ?? []].flat()]
    })
    const observeUnmatched = this.#durations.addRoute('any', 'unmatched')
    app.addHook('onResponse', (request, reply, done) => {
      if (request.is404) observeUnmatched(reply.statusCode, reply.elapsedTime / 1000)
      done()
    })
  }
}

function collectProcessMetrics (): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  return register
}
