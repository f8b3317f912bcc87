import { createPublicKey } from 'node:crypto'
import { createServer } from 'node:http'
import { answerCalls } from '../processes/answer-calls.js'
import { ISSUER, ISSUER_PORT, KEY_ID } from '../load/tokens.js'

/**
 * An issuer that does no more than to publish its key, at Okta's path and with Okta's header, and that counts how
 * often it is asked.
 */
const { pathname: keysPath } = new URL(`${ISSUER}/v1/keys`)
let fetches = 0

answerCalls({
  start: async ({ publicKeyPem }: { publicKeyPem: string }): Promise<void> => {
    const jwk = createPublicKey(publicKeyPem).export({ format: 'jwk' })
    const body = JSON.stringify({ keys: [{ alg: 'RS256', kid: KEY_ID, use: 'sig', ...jwk }] })
    const server = createServer((request, response) => {
      if (request.url !== keysPath) {
        response.writeHead(404, { 'content-length': 0 }).end()
        return
      }
      fetches++
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=3832304, must-revalidate' }).end(body)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(ISSUER_PORT, '127.0.0.1', resolve)
    })
  },
  fetches: (): number => fetches
})
