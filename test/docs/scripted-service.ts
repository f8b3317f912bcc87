import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** An answer as the service gives it. */
export interface Answer {
  readonly status: number
  readonly code?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the JSON of the service. */
  readonly body?: string
}

export interface ScriptedService {
  readonly url: string
  /** The credentials of the requests so far. */
  readonly credentials: Array<string | undefined>
}

/** A service that gives these answers in turn, and the last one forever. Gone when the test ends. */
export async function answerInTurn (t: Pick<Test, 'teardown'>, answers: readonly Answer[]): Promise<ScriptedService> {
  const credentials: Array<string | undefined> = []
  const server = createServer(({ headers }: { headers: IncomingHttpHeaders }, response) => {
    const answer = answers[credentials.length] ?? answers.at(-1) as Answer
    credentials.push(headers.authorization)
    send(response, answer)
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise(resolve => { server.close(resolve) })
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/greet`, credentials }
}

function send (response: ServerResponse, { status, code, headers, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body ?? JSON.stringify(status === 200
    ? { greeting: 'Good Morning', name: 'Ada Lovelace' }
    : { statusCode: status, ...(code === undefined ? {} : { code }), error: 'Refused', message: 'no' }))
}
