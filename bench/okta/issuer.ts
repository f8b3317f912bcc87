import { once } from 'node:events'
import { createServer } from 'node:http'
import type { JWK } from 'jose'
import { ISSUER, ISSUER_PORT, KEY_ID } from './claims.js'

export type Issuer = Awaited<ReturnType<typeof startIssuer>>

/** An issuer that only publishes its key, at Okta's path and with Okta's header, and counts how often it is asked. */
export async function startIssuer (publicJwk: JWK): Promise<{ fetches: () => number, close: () => void }> {
  let fetches = 0
  const body = JSON.stringify({ keys: [{ alg: 'RS256', kid: KEY_ID, use: 'sig', ...publicJwk }] })
  const server = createServer(({ url }, response) => {
    if (url !== new URL(`${ISSUER}/v1/keys`).pathname) return response.writeHead(404, { 'content-length': 0 }).end()
    fetches++
    return response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=3832304, must-revalidate' }).end(body)
  })
  await once(server.listen(ISSUER_PORT, '127.0.0.1'), 'listening')
  return { fetches: () => fetches, close: () => server.close().closeAllConnections() }
}
