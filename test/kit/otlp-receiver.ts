import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'

/** A span as a collector receives it. */
export interface ReceivedSpan {
  readonly name: string
  /** Of the enum `SpanKind`: 1 internal, 2 server, 3 client. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** `code` of the enum `StatusCode`: 0 unset, 2 error. */
  readonly status: { readonly code: number, readonly message: string }
  readonly events: number
  readonly resource: Readonly<Record<string, string | number | boolean>>
}

export interface OtlpReceiver {
  readonly url: string
  readonly spans: ReceivedSpan[]
  /** What arrived, byte by byte. */
  readonly bodies: Buffer[]
  /** The status of its responses. */
  status: number
}

/** A collector for OTLP over HTTP with protobuf: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startOtlpReceiver (t: Pick<Test, 'teardown'>): Promise<OtlpReceiver> {
  const receiver = { url: '', spans: [] as ReceivedSpan[], bodies: [] as Buffer[], status: 200 }
  const server = createServer((request, response) => {
    buffer(request).then((body) => {
      if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') receiver.status = 400
      receiver.bodies.push(body)
      if (receiver.status === 200) receiver.spans.push(...readSpans(body))
      response.writeHead(receiver.status, { 'content-type': 'application/x-protobuf' }).end()
    }, () => { response.destroy() })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => { server.close(resolve) })
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

/** An `ExportTraceServiceRequest`: https://github.com/open-telemetry/opentelemetry-proto, by the numbers of its fields. */
function readSpans (body: Buffer): ReceivedSpan[] {
  return readMessage(body).all(1).flatMap((resourceSpans) => {
    const resource = readAttributes(readMessage(resourceSpans.one(1)).all(1))
    return resourceSpans.all(2).flatMap((scopeSpans) => scopeSpans.all(2).map((span) => toSpan(span, resource)))
  })
}

function toSpan (span: Message, resource: ReceivedSpan['resource']): ReceivedSpan {
  const status = readMessage(span.one(15))
  return {
    name: span.one(5).toString(),
    kind: Number(span.number(6)),
    traceId: span.one(1).toString('hex'),
    spanId: span.one(2).toString('hex'),
    parentSpanId: span.one(4).toString('hex'),
    startNs: span.number(7),
    endNs: span.number(8),
    attributes: readAttributes(span.all(9)),
    status: { code: Number(status.number(3)), message: status.one(2).toString() },
    events: span.all(11).length,
    resource
  }
}

function readAttributes (attributes: readonly Message[]): Record<string, string | number | boolean> {
  return Object.fromEntries(attributes.map((attribute) => {
    const value = readMessage(attribute.one(2))
    if (value.has(1)) return [attribute.one(1).toString(), value.one(1).toString()]
    return [attribute.one(1).toString(), value.has(2) ? value.number(2) === 1n : Number(value.number(3))]
  }))
}

/** A message of protobuf: https://protobuf.dev/programming-guides/encoding/ */
class Message {
  constructor (readonly fields: ReadonlyMap<number, ReadonlyArray<Buffer | bigint>>) {}

  has (field: number): boolean {
    return this.fields.has(field)
  }

  one (field: number): Buffer {
    const value = this.fields.get(field)?.at(-1)
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
  }

  number (field: number): bigint {
    const value = this.fields.get(field)?.at(-1)
    return typeof value === 'bigint' ? value : 0n
  }

  all (field: number): Message[] {
    return (this.fields.get(field) ?? []).filter((value) => Buffer.isBuffer(value)).map((value) => readMessage(value))
  }
}

function readMessage (bytes: Buffer): Message {
  const fields = new Map<number, Array<Buffer | bigint>>()
  let at = 0
  function readVarint (): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  function readValue (wireType: number): Buffer | bigint {
    if (wireType === 0) return readVarint()
    const length = wireType === 1 ? 8 : wireType === 5 ? 4 : Number(readVarint())
    const value = bytes.subarray(at, at += length)
    if (wireType === 2) return value
    return wireType === 1 ? value.readBigUInt64LE() : BigInt(value.readUInt32LE())
  }
  while (at < bytes.length) {
    const tag = Number(readVarint())
    const field = tag >> 3
    fields.set(field, [...fields.get(field) ?? [], readValue(tag & 7)])
  }
  return new Message(fields)
}
