// A client with DPoP-bound tokens. oauth4webapi makes the proofs, with their `ath`, and handles the nonces that servers require.
import * as oauth from 'oauth4webapi'

const [issuer, clientId, url] = process.argv.slice(2)
if (!URL.canParse(issuer) || !clientId || !URL.canParse(url) || !process.env.CLIENT_SECRET) {
  console.error('Usage: CLIENT_SECRET=… node examples/dpop/client.js ISSUER CLIENT_ID URL (examples/dpop/server.js prints the whole line)')
  process.exit(2)
}

const onLoopback = { [oauth.allowInsecureRequests]: new URL(issuer).protocol === 'http:' }

const issuerUrl = new URL(issuer)
const server = await oauth.processDiscoveryResponse(issuerUrl, await oauth.discoveryRequest(issuerUrl, onLoopback))
const client = { client_id: clientId }

// The private key cannot be exported, which is the default.
const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))

const accessToken = await retryWithNonce(async () => {
  const response = await oauth.clientCredentialsGrantRequest(
    server, client, oauth.ClientSecretBasic(process.env.CLIENT_SECRET), { scope: 'greet' }, { ...onLoopback, DPoP: dpop })
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token
})

const response = await retryWithNonce(async () =>
  await oauth.protectedResourceRequest(accessToken, 'GET', new URL(url), undefined, undefined, { ...onLoopback, DPoP: dpop }))
console.log(response.status, await response.text())

// The same token without a proof, as a thief would send it.
const stolen = await fetch(url, { headers: { authorization: `DPoP ${accessToken}` } })
console.log(stolen.status, (await stolen.json()).code)

/** A server that requires a nonce refuses the first request with one; the handle keeps it. */
async function retryWithNonce (request) {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return await request()
  }
}
