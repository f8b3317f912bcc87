import { FastifyOtelInstrumentation } from '@fastify/otel'
import { context, propagation, type Span } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { redactPath } from '../log/redaction.js'
import { ActiveContext } from './active-context.js'
import { traceOperations } from './operations.js'
import { RedactingExporter } from './redacting-exporter.js'

const NAME = 'greeting'
/** Requested every few seconds by machines: their traces would be most of all, and say nothing. */
const NOT_TRACED = new Set(['/livez', '/readyz', '/metrics'])
/** How long the service waits at its end for the last spans to be exported, in milliseconds. */
const STOP_TIMEOUT_MS = 2000

interface TelemetryOptions {
  /** The URL that traces are sent to, by OTLP over HTTP with protobuf. */
  readonly tracesUrl: string
}

/**
 * Traces the requests of the routes that are added from now on, and what the plugin does for them, until the app closes.
 * OpenTelemetry reads its own environment variables, such as `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and
 * `OTEL_EXPORTER_OTLP_HEADERS`.
 *
 * Spans have no query, header, body, token, claim or user. Does NOT trace if an SDK of OpenTelemetry is active in the process
 * already, and says so in the log.
 */
export async function startTelemetry (app: FastifyInstance, { tracesUrl }: TelemetryOptions): Promise<void> {
  const active = new ActiveContext()
  if (!context.setGlobalContextManager(active)) {
    app.log.warn('traces are not exported: another SDK of OpenTelemetry is active in this process')
    return
  }
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const exporter = new RedactingExporter(new OTLPTraceExporter({ url: tracesUrl }), app.log)
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': NAME })).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)]
  })
  const stopOperations = traceOperations(provider.getTracer('fastify-okta'), active)
  app.addHook('onClose', async () => {
    stopOperations()
    await Promise.race([provider.shutdown().catch(() => {}), timeout(STOP_TIMEOUT_MS)])
    context.disable()
    propagation.disable()
  })
  await app.register(createInstrumentation(provider).plugin())
}

/** Spans for requests and handlers. Hooks have none: those of the guards are made of what the plugin publishes, which includes what they wait for. */
function createInstrumentation (provider: BasicTracerProvider): FastifyOtelInstrumentation {
  const instrumentation = new FastifyOtelInstrumentation({
    instrumentHooks: false,
    recordExceptions: false,
    ignorePaths: ({ url }) => NOT_TRACED.has(url),
    requestHook: describeRequest
  })
  instrumentation.setTracerProvider(provider)
  return instrumentation
}

/** @fastify/otel calls each span `request`, and its `url.path` has the query. */
function describeRequest (span: Span, { method, url, routeOptions }: FastifyRequest): void {
  span.updateName(routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`)
  span.setAttribute('url.path', redactPath(url) ?? '')
}

async function timeout (ms: number): Promise<void> {
  await new Promise<void>((resolve) => { setTimeout(resolve, ms).unref() })
}
