import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { networkErrorCode } from '../../oauth/network.js'

/** For connection and answer together, in milliseconds. */
const TIMEOUT_MS = 5_000
const DEFAULT_PORT = 6379
const MAX_ANSWER_CHARACTERS = 4096

export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** The words of AUTH; empty if there is no password. */
  readonly credentials: readonly string[]
}

export type RedisAnswer = { readonly kind: 'pong' | 'unexpected' } | { readonly kind: 'refused' | 'unreachable', readonly code: string }

/** The one server that a URL names; `undefined` for other forms of Redis addresses. */
export function readRedisServer (url: string): RedisServer | undefined {
  if (!/^rediss?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  const { protocol, hostname, port, username, password } = new URL(url)
  if (hostname === '') return undefined
  const words = [username, password].map(decodeURIComponent).filter((word) => word !== '')
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || DEFAULT_PORT), isTls: protocol === 'rediss:', credentials: password === '' ? [] : words }
}

/** Connects, authenticates if the URL has a password, and sends PING (Redis serialization protocol). Does not throw. */
export async function pingRedis (server: RedisServer): Promise<RedisAnswer> {
  const commands = [...(server.credentials.length === 0 ? [] : [['AUTH', ...server.credentials]]), ['PING']]
  try {
    return readAnswer(await exchange(server, commands), commands.length)
  } catch (error) {
    return { kind: 'unreachable', code: networkErrorCode(error) ?? 'no answer in time' }
  }
}

async function exchange ({ host, port, isTls }: RedisServer, commands: readonly string[][]): Promise<string[]> {
  const socket: Socket = isTls ? connectTls({ host, port, servername: host }) : connectPlain({ host, port })
  try {
    return await new Promise((resolve, reject) => {
      let answer = ''
      socket.setEncoding('utf8').setTimeout(TIMEOUT_MS, () => { reject(new Error('timeout')) })
      socket.on('error', reject).on('close', () => { resolve(linesOf(answer)) })
      socket.on(isTls ? 'secureConnect' : 'connect', () => { socket.write(commands.map(encode).join('')) })
      socket.on('data', (chunk: string) => {
        answer += chunk
        if (linesOf(answer).length >= commands.length || answer.length > MAX_ANSWER_CHARACTERS) resolve(linesOf(answer))
      })
    })
  } finally {
    socket.destroy()
  }
}

function encode (words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/** Whole lines only. */
function linesOf (answer: string): string[] {
  return answer.split('\r\n').slice(0, -1)
}

function readAnswer (lines: readonly string[], expected: number): RedisAnswer {
  const refused = lines.find((line) => line.startsWith('-'))
  if (refused !== undefined) return { kind: 'refused', code: /^-([A-Z]{1,20})/.exec(refused)?.[1] ?? 'ERR' }
  return { kind: lines.length >= expected && lines.at(-1) === '+PONG' ? 'pong' : 'unexpected' }
}
