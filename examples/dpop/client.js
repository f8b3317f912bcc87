// A client that proves its key, by oauth4webapi: the proofs, their `ath`, and the nonces that servers ask for are its work.
import * as oauth from 'oauth4webapi'

const [issuer, clientId, url] = process.argv.slice(2)
const onLoopback = { [oauth.allowInsecureRequests]: new URL(issuer).protocol === 'http:' }

const issuerUrl = new URL(issuer)
const server = await oauth.processDiscoveryResponse(issuerUrl, await oauth.discoveryRequest(issuerUrl, onLoopback))
const client = { client_id: clientId }

// In a browser or on a phone the private key is made so that it cannot be taken out, which is the default.
const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))

const accessToken = await retryWithNonce(async () => {
  const response = await oauth.clientCredentialsGrantRequest(
    server, client, oauth.ClientSecretBasic(process.env.CLIENT_SECRET), { scope: 'greet' }, { ...onLoopback, DPoP: dpop })
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token
})

const response = await retryWithNonce(async () =>
  await oauth.protectedResourceRequest(accessToken, 'GET', new URL(url), undefined, undefined, { ...onLoopback, DPoP: dpop }))
console.log(response.status, await response.text())

// The same token without the key's proof, as a thief would send it.
const stolen = await fetch(url, { headers: { authorization: `DPoP ${accessToken}` } })
console.log(stolen.status, (await stolen.json()).code)

/** A server that wants a nonce refuses the first time and brings it; the handle has it then. */
async function retryWithNonce (request) {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return await request()
  }
}
