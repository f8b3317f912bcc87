import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { RedisNode } from '../../options/redis-url.js'

/** For connection and replies together, in milliseconds. */
const TIMEOUT_MS = 5_000
const MAX_REPLY_BYTES = 64 * 1024

/** A reply to one command; `null` is the protocol's null. */
export type RedisReply = string | null | RedisRefusal | readonly RedisReply[]

/** A command that Redis refuses. */
export class RedisRefusal {
  /** The word that the refusal begins with. Its other words may repeat the command. */
  readonly code: string

  constructor (message: string) {
    this.code = /^[A-Z]{1,20}/.exec(message)?.[0] ?? 'ERR'
  }
}

/** What answers does not speak Redis' protocol (RESP2). */
export class NotRedis extends Error {
  override readonly name = 'NotRedis'
}

/**
 * Sends commands over a connection of its own, and returns the reply to each.
 *
 * @throws {NotRedis} what answers is no Redis
 * @throws {Error} it cannot be reached, or does not answer in 5 s
 */
export async function sendToRedis ({ host, port }: RedisNode, isTls: boolean, commands: ReadonlyArray<readonly string[]>): Promise<readonly RedisReply[]> {
  const socket: Socket = isTls ? connectTls({ host, port, servername: host }) : connectPlain({ host, port })
  try {
    return await new Promise((resolve, reject) => {
      let received = ''
      // One character for each byte, as the lengths in replies count.
      socket.setEncoding('latin1').setTimeout(TIMEOUT_MS, () => { reject(new Error('no answer in time')) })
      socket.on('error', reject).on('close', () => { reject(new NotRedis('the connection was closed')) })
      socket.on(isTls ? 'secureConnect' : 'connect', () => { socket.write(commands.map(encode).join('')) })
      socket.on('data', (chunk: string) => {
        received += chunk
        if (received.length > MAX_REPLY_BYTES || !isReply(received)) reject(new NotRedis('the answer is no reply of Redis'))
        const read = readReplies(received, 0, commands.length)
        if (read !== undefined) resolve(read.replies)
      })
    })
  } finally {
    socket.destroy()
  }
}

function encode (words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

function isReply (bytes: string): boolean {
  return '+-:$*'.includes(bytes.charAt(0))
}

/** So many replies from here on; `undefined` if they are not complete. */
function readReplies (bytes: string, from: number, count: number): { readonly replies: readonly RedisReply[], readonly end: number } | undefined {
  const replies: RedisReply[] = []
  let end = from
  while (replies.length < count) {
    const read = readReply(bytes, end)
    if (read === undefined) return undefined
    replies.push(read.reply)
    end = read.end
  }
  return { replies, end }
}

function readReply (bytes: string, from: number): { readonly reply: RedisReply, readonly end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', from)
  if (lineEnd === -1) return undefined
  const line = bytes.slice(from + 1, lineEnd)
  const end = lineEnd + 2
  switch (bytes[from]) {
    case '-': return { reply: new RedisRefusal(line), end }
    case '$': return line === '-1' ? { reply: null, end } : readBulk(bytes, end, Number(line))
    case '*': {
      if (line === '-1') return { reply: null, end }
      const read = readReplies(bytes, end, Number(line))
      return read === undefined ? undefined : { reply: read.replies, end: read.end }
    }
    default: return { reply: line, end }
  }
}

function readBulk (bytes: string, from: number, length: number): { readonly reply: string, readonly end: number } | undefined {
  const end = from + length + 2
  return bytes.length < end ? undefined : { reply: bytes.slice(from, from + length), end }
}
