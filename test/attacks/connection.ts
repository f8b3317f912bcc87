import { connect, type Socket } from 'node:net'

/** A request as it goes over the wire: nothing is added but what stands here, and nothing is put right. */
export interface Message {
  readonly method?: string
  readonly target?: string
  readonly version?: string
  /** Header lines in their order, repeated ones and malformed ones too; latin1. `Host` comes first unless it is among them. */
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>
  readonly body?: string | Buffer
}

export interface Answer {
  readonly status: number
  /** By lower-case name, each line one value. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

const TIMEOUT_MS = 20_000
const HOST = 'greeting.example'

/** Writes a request as HTTP/1.x text. `Content-Length` is added where there is a body and no framing is given. */
export function toBytes ({ method = 'GET', target = '/me', version = '1.1', headers = [], body = '' }: Message): Buffer {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  const lines = [
    ...(names.has('host') ? [] : [['Host', HOST]]),
    ...headers,
    ...(body.length === 0 || names.has('content-length') || names.has('transfer-encoding') ? [] : [['Content-Length', String(Buffer.byteLength(body))]])
  ]
  const head = `${method} ${target} HTTP/${version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)])
}

/** One TCP connection, on which requests are written as bytes and answers are read in turn. */
export class Connection {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #isClosed = false
  #wake: () => void = () => {}

  static async open (port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise<void>((resolve, reject) => { socket.once('connect', resolve).once('error', reject) })
    return new Connection(socket)
  }

  private constructor (socket: Socket) {
    this.#socket = socket
    socket.on('data', chunk => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    // A reset is a way to hang up.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
  }

  write (bytes: string | Buffer): void {
    if (!this.#isClosed) this.#socket.write(bytes)
  }

  /** The next answer that is final; `undefined` once the server has hung up. */
  async read (method = 'GET'): Promise<Answer | undefined> {
    const deadline = setTimeout(() => { this.#socket.destroy() }, TIMEOUT_MS)
    try {
      for (;;) {
        const taken = takeAnswer(this.#received, method, this.#isClosed)
        if (taken !== undefined) {
          this.#received = this.#received.subarray(taken.length)
          if (taken.answer.status >= 200) return taken.answer
        } else if (this.#isClosed) {
          return undefined
        } else {
          await new Promise<void>(resolve => { this.#wake = resolve })
        }
      }
    } finally {
      clearTimeout(deadline)
    }
  }

  /** Every answer until the server hangs up. */
  async readAll (): Promise<Answer[]> {
    const answers: Answer[] = []
    for (let answer = await this.read(); answer !== undefined; answer = await this.read()) answers.push(answer)
    return answers
  }

  close (): void {
    this.#socket.destroy()
  }
}

/** Sends one request on a connection of its own. */
export async function exchange (port: number, message: Message): Promise<Answer> {
  const connection = await Connection.open(port)
  connection.write(toBytes(message))
  const answer = await connection.read(message.method)
  connection.close()
  if (answer === undefined) throw new Error('the server hung up without an answer')
  return answer
}

/** Sends bytes as they are, and reads until the server hangs up. */
export async function exchangeBytes (port: number, bytes: string | Buffer): Promise<Answer[]> {
  const connection = await Connection.open(port)
  connection.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  const answers = await connection.readAll()
  connection.close()
  return answers
}

function takeAnswer (received: Buffer, method: string, isClosed: boolean): { answer: Answer, length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):[ \t]*(.*)$/.exec(line) ?? []
    headers.set(name.toLowerCase(), [...headers.get(name.toLowerCase()) ?? [], value])
  }
  const rest = received.subarray(headEnd + 4)
  const body = takeBody(rest, { hasNone: method === 'HEAD' || status < 200 || status === 204 || status === 304, headers, isClosed })
  return body === undefined ? undefined : { answer: { status, headers, body: body.text }, length: headEnd + 4 + body.length }
}

interface Framing {
  readonly hasNone: boolean
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly isClosed: boolean
}

function takeBody (rest: Buffer, { hasNone, headers, isClosed }: Framing): { text: string, length: number } | undefined {
  if (hasNone) return { text: '', length: 0 }
  const contentLength = headers.get('content-length')?.[0]
  if (contentLength !== undefined) {
    const length = Number(contentLength)
    return rest.length < length ? undefined : { text: rest.toString('utf8', 0, length), length }
  }
  if (headers.get('transfer-encoding')?.[0] === 'chunked') return takeChunks(rest)
  return isClosed ? { text: rest.toString('utf8'), length: rest.length } : undefined
}

function takeChunks (rest: Buffer): { text: string, length: number } | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    const end = lineEnd + 2 + size + 2
    if (rest.length < end) return undefined
    if (size === 0) return { text: Buffer.concat(chunks).toString('utf8'), length: end }
    chunks.push(rest.subarray(lineEnd + 2, end - 2))
    at = end
  }
}
