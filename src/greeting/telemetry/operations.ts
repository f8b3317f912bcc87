import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel'
import { SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api'
import { FastifyOktaError, TRACING_CHANNELS, type TracedGuard, type TracedRequest } from 'fastify-okta'
import type { ActiveContext } from './active-context.js'

/** What the plugin publishes of an operation. One object is published at its start and at its end. */
type Message = Partial<TracedGuard & TracedRequest> & { readonly error?: unknown }

interface Operation {
  readonly channel: string
  readonly kind: SpanKind
  /** The name of the span. */
  readonly nameOf: (message: Message) => string
}

const OPERATIONS: readonly Operation[] = [
  { channel: TRACING_CHANNELS.guard, kind: SpanKind.INTERNAL, nameOf: ({ guard }) => String(guard) },
  { channel: TRACING_CHANNELS.verification, kind: SpanKind.INTERNAL, nameOf: () => 'verify access token' },
  { channel: TRACING_CHANNELS.keysFetch, kind: SpanKind.CLIENT, nameOf: () => 'fetch issuer keys' },
  { channel: TRACING_CHANNELS.lookup, kind: SpanKind.CLIENT, nameOf: () => 'look up user' }
]

/**
 * Makes a span of each operation of the plugin: of each decision of a guard, under the guard's name, of each verification
 * that is not answered from the cache, of each fetch of keys, and of each lookup. Returns a function that ends it.
 */
export function traceOperations (tracer: Tracer, active: ActiveContext): () => void {
  const stops = OPERATIONS.map((operation) => traceOperation(operation, tracer, active))
  return () => { for (const stop of stops) stop() }
}

function traceOperation ({ channel: name, kind, nameOf }: Operation, tracer: Tracer, active: ActiveContext): () => void {
  const channel: TracingChannel<Context, Message> = tracingChannel(name)
  const spans = new WeakMap<Message, Span>()
  const onEnd = (message: Message): void => {
    const span = spans.get(message)
    if (span === undefined) return
    if (message.error !== undefined) describeFailure(span, message.error)
    span.end()
  }
  // What the operation does has this span for its parent.
  channel.start.bindStore(active.storage, (message) => {
    const { url } = message
    const span = tracer.startSpan(nameOf(message), { kind, ...(url === undefined ? {} : { attributes: { 'url.full': url } }) }, active.active())
    spans.set(message, span)
    return trace.setSpan(active.active(), span)
  })
  channel.asyncEnd.subscribe(onEnd as never)
  return () => {
    channel.start.unbindStore(active.storage)
    channel.asyncEnd.unsubscribe(onEnd as never)
  }
}

/** A refusal is a decision, not a failure of this service: the span says why, and its status stays unset. */
function describeFailure (span: Span, error: unknown): void {
  const { name, reason } = error as { name?: unknown, reason?: unknown }
  const type = error instanceof FastifyOktaError ? error.code : String(name)
  span.setAttribute('error.type', type)
  if (typeof reason === 'string') span.setAttribute('okta.reason', reason)
  if (!(error instanceof FastifyOktaError) || error.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: type })
}
