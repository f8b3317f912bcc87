import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { strict as assert } from 'node:assert'
import type { Peer } from './peers.js'
import { PATH, resourceOf } from './servers/resource.js'
import { claimsOf, LIFETIME_SECONDS, loginOf } from './tokens/claims.js'
import { KEY_ID } from './tokens/identity.js'
import { signToken } from './tokens/mint.js'

/** Holds a peer's answers against what a verifier must answer, before it is timed: a fast wrong answer is no answer. */
export async function checkAnswers (peer: Peer, port: number, key: KeyObject): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  const stranger = createPrivateKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const good = await signToken(claimsOf(0, now), key)
  await expectResource(peer, port, good)

  if (!peer.verifies) return
  const refused: Record<string, string | null> = {
    'no token': null,
    'a signature of another key': await signToken(claimsOf(0, now), stranger)
  }
  if (peer.readsClaims) {
    Object.assign(refused, {
      'an expired token': await signToken(claimsOf(0, now - LIFETIME_SECONDS - 60), key),
      'a token for another audience': await signToken(claimsOf(0, now, { aud: 'api://other' }), key),
      'a token of another issuer': await signToken(claimsOf(0, now, { iss: 'http://127.0.0.1:1/oauth2/default' }), key)
    })
  }
  if (peer.readsClaims && peer.isEndedByUnsigned !== true) {
    Object.assign(refused, {
      'a token without a signature': good.slice(0, good.lastIndexOf('.') + 1),
      'an unsigned token': `${Buffer.from(JSON.stringify({ kid: KEY_ID, alg: 'none' })).toString('base64url')}${good.slice(good.indexOf('.'), good.lastIndexOf('.') + 1)}`
    })
  }
  for (const [what, accessToken] of Object.entries(refused)) {
    const { status } = await ask(port, accessToken)
    assert.ok([400, 401, 403, 500].includes(status), `${peer.name} answers ${status} to ${what}`)
  }
}

async function expectResource (peer: Peer, port: number, accessToken: string): Promise<void> {
  const response = await ask(port, accessToken)
  assert.equal(response.status, 200, `${peer.name} refuses a good token`)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  assert.deepEqual(await response.json(), resourceOf(loginOf(0)), `${peer.name} answers something else`)
}

async function ask (port: number, accessToken: string | null): Promise<Response> {
  const headers = accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }
  return await fetch(`http://127.0.0.1:${port}${PATH}`, { headers })
}
