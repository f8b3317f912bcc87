import { connect, type Socket } from 'node:net'

const END_OF_HEAD = '\r\n\r\n'
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i
const STATUS_AT = 'HTTP/1.1 '.length

/** A kept connection with one request at a time. Reads only where an answer ends, to take less of the machine than the server. */
export class Connection {
  readonly #socket: Socket
  #received = ''
  #resolve: (status: number) => void = () => {}
  #reject: (error: Error) => void = () => {}

  static async open (port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
    await new Promise((resolve, reject) => { socket.once('connect', resolve).once('error', reject) })
    return new Connection(socket)
  }

  private constructor (socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: string) => { this.#read(chunk) })
    socket.on('error', (error) => { this.#reject(error) })
    socket.on('end', () => { this.#reject(new Error('the server closed a connection')) })
  }

  /** Sends the bytes of a request, and returns the status of its answer. */
  async request (bytes: string): Promise<number> {
    return await new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#socket.write(bytes, 'latin1')
    })
  }

  close (): void {
    this.#socket.destroy()
  }

  #read (chunk: string): void {
    this.#received += chunk
    const end = this.#received.indexOf(END_OF_HEAD)
    if (end === -1) return
    const length = Number(CONTENT_LENGTH.exec(this.#received)?.[1])
    if (Number.isNaN(length)) this.#reject(new Error('an answer has no Content-Length'))
    if (this.#received.length < end + END_OF_HEAD.length + length) return
    const status = Number(this.#received.slice(STATUS_AT, STATUS_AT + 3))
    this.#received = ''
    this.#resolve(status)
  }
}
