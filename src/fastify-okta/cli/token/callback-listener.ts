import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CommandFailure } from '../exit.js'
import { callbackPage, type CallbackOutcome } from './callback-page.js'

const PATH = '/callback'

/** The redirect that ends a sign-in; the browser waits for its page. */
export interface Callback {
  readonly url: URL
  /** Sends the page. */
  answer (outcome: CallbackOutcome): Promise<void>
}

interface CallbackListener {
  /** RFC 8252 section 7.3. */
  readonly redirectUri: string
  readonly callback: Promise<Callback>
  close (): void
}

interface CallbackListenerOptions {
  /** 0 for any that is free. */
  readonly port: number
  /** Only a callback with this state is accepted. Others get a page, and the listener waits on: any program can call a port. */
  readonly state: string
  readonly timeoutMs: number
}

/**
 * Listens on 127.0.0.1 for the one redirect that ends a sign-in (RFC 8252 section 7.3).
 *
 * @throws {CommandFailure} the port is in use; `callback` rejects with one after the timeout
 */
export async function listenForCallback ({ port, state, timeoutMs }: CallbackListenerOptions): Promise<CallbackListener> {
  const server = createServer()
  await listen(server, port)
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`
  let timer: NodeJS.Timeout | undefined
  const callback = new Promise<Callback>((resolve, reject) => {
    let isAccepted = false
    timer = setTimeout(() => { reject(new CommandFailure(`nobody signed in within ${timeoutMs / 1000} seconds`, { code: 'timeout' })) }, timeoutMs)
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const url = readCallback(request, redirectUri)
      if (isAccepted || url?.searchParams.get('state') !== state) {
        answer(response, 'unexpected').catch(() => {})
        return
      }
      isAccepted = true
      clearTimeout(timer)
      resolve({ url, answer: async outcome => { await answer(response, outcome) } })
    })
  })
  callback.catch(() => {})
  return {
    redirectUri,
    callback,
    close () {
      clearTimeout(timer)
      server.close()
      // Browsers open connections ahead of need, which would keep the command running.
      server.closeAllConnections()
    }
  }
}

function readCallback ({ method, url = '' }: IncomingMessage, redirectUri: string): URL | undefined {
  if (method !== 'GET' || !URL.canParse(url, redirectUri)) return undefined
  const read = new URL(url, redirectUri)
  return read.pathname === PATH ? read : undefined
}

async function answer (response: ServerResponse, outcome: CallbackOutcome): Promise<void> {
  const { status, headers, html } = callbackPage(outcome)
  await new Promise<void>(resolve => {
    response.once('close', resolve).writeHead(status, headers).end(html)
  })
}

async function listen (server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailure(`port ${port} of 127.0.0.1 cannot be listened on for the redirect (${cause.code ?? cause.message})`, { hint: 'give another --callback-port', cause })
  })
}
