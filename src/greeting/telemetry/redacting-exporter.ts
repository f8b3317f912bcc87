import { SpanKind, SpanStatusCode, type SpanStatus } from '@opentelemetry/api'
import { ExportResultCode, type ExportResult } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { FastifyBaseLogger } from 'fastify'
import { redactMessage } from '../log/redaction.js'

const WARN_AT_MOST_EVERY_MS = 60_000

/**
 * Exports spans with the messages of errors redacted, as in the log: @fastify/otel takes them from any error. By the
 * semantic conventions a request that was refused with 4xx is not an error of the server.
 *
 * Warns at most once a minute if the spans cannot be exported. What the collector answered is not logged.
 */
export class RedactingExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #log: FastifyBaseLogger
  #warnedAt = -Infinity

  constructor (exporter: SpanExporter, log: FastifyBaseLogger) {
    this.#exporter = exporter
    this.#log = log
  }

  export (spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans.map(redact), (result) => {
      if (result.code === ExportResultCode.FAILED) this.#warn(spans.length)
      done(result)
    })
  }

  async shutdown (): Promise<void> {
    await this.#exporter.shutdown()
  }

  async forceFlush (): Promise<void> {
    await this.#exporter.forceFlush?.()
  }

  #warn (spans: number): void {
    const now = performance.now()
    if (now - this.#warnedAt < WARN_AT_MOST_EVERY_MS) return
    this.#warnedAt = now
    this.#log.warn({ spans }, 'traces could not be exported: check OTEL_EXPORTER_OTLP_ENDPOINT and whether the collector is running')
  }
}

/** The same span with another status: it has ended, and others may export it too. */
function redact (span: ReadableSpan): ReadableSpan {
  return Object.create(span, { status: { value: statusOf(span), enumerable: true } }) as ReadableSpan
}

function statusOf ({ kind, status, attributes }: ReadableSpan): SpanStatus {
  const statusCode = attributes['http.response.status_code']
  if (kind === SpanKind.SERVER && typeof statusCode === 'number' && statusCode < 500) return { code: SpanStatusCode.UNSET }
  return status.message === undefined ? status : { ...status, message: redactMessage(status.message) }
}
