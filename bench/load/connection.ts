import { connect, type Socket } from 'node:net'

const END_OF_HEAD = '\r\n\r\n'
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i
const STATUS_AT = 'HTTP/1.1 '.length

/** One connection that is kept alive, with one request at a time on it. Reads as little of an answer as tells where it ends. */
export class Connection {
  readonly #socket: Socket
  #pending: Buffer | null = null
  #status = 0
  #bodyLeft = 0
  onAnswer: (connection: Connection, status: number) => void = () => {}
  /** When the request under way was due, for who measures latency. */
  dueAt = 0

  static async open (port: number, onFailure: (error: Error) => void): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise((resolve, reject) => { socket.once('connect', resolve).once('error', reject) })
    return new Connection(socket, onFailure)
  }

  private constructor (socket: Socket, onFailure: (error: Error) => void) {
    this.#socket = socket
    socket.on('data', chunk => { this.#read(chunk) })
    socket.on('error', onFailure)
    socket.on('end', () => { onFailure(new Error('the server closed a connection')) })
  }

  send (request: string): void {
    this.#socket.write(request, 'latin1')
  }

  close (): void {
    this.#socket.removeAllListeners('end')
    this.#socket.destroy()
  }

  #read (chunk: Buffer): void {
    if (this.#bodyLeft > 0) this.#bodyLeft -= chunk.length
    else this.#readHead(this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]))
    if (this.#bodyLeft === 0 && this.#pending === null) this.onAnswer(this, this.#status)
  }

  #readHead (bytes: Buffer): void {
    const end = bytes.indexOf(END_OF_HEAD, 0, 'latin1')
    this.#pending = end === -1 ? bytes : null
    if (end === -1) return
    const head = bytes.toString('latin1', 0, end)
    this.#status = Number(head.slice(STATUS_AT, STATUS_AT + 3))
    const length = CONTENT_LENGTH.exec(head)?.[1]
    if (length === undefined) throw new Error('an answer has no Content-Length')
    this.#bodyLeft = Number(length) - (bytes.length - end - END_OF_HEAD.length)
  }
}
