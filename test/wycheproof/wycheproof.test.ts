import { constants, createHash, createPrivateKey, createPublicKey, privateEncrypt, publicDecrypt, sign as signWith, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { InvalidTokenError } from '#fastify-okta/errors.js'
import { splitCompactToken } from '#fastify-okta/oauth/compact-token.js'
import { isKeyFor, isSignedWith, type JwsAlgorithm } from '#fastify-okta/oauth/jws-signature.js'
import { claimsOf, encode } from '../kit/access-token.js'
import { buildApplication } from '../kit/application.js'
import { Issuer } from '../kit/issuer.js'

interface Case {
  readonly tcId: number
  readonly comment: string
  readonly jws: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
}

type Key = JsonWebKey & { readonly kid?: string, readonly alg?: string }

interface Group {
  readonly comment: string
  readonly public?: Key & { readonly keys?: readonly Key[] }
  readonly private: Key & { readonly keys?: readonly Key[] }
  readonly tests: readonly Case[]
}

function groupsOf (file: string): readonly Group[] {
  return (JSON.parse(readFileSync(`test/wycheproof/${file}`, 'utf8')) as { testGroups: Group[] }).testGroups
}

const signatures = groupsOf('json_web_signature_test.json')
const keys = groupsOf('json_web_key_test.json')

/** Starts an application whose issuer publishes these keys, and gives the status of its answer to an access token. */
async function ask (keys: readonly Key[]): Promise<(accessToken: string) => Promise<number>> {
  const issuer = await Issuer.start(t)
  issuer.keys = [...keys]
  const { app } = await buildApplication(t, { issuer })
  return async (accessToken) => (await app.inject({ url: '/me', headers: { authorization: `Bearer ${accessToken}` } })).statusCode
}

function publicKeysOf ({ public: published, private: secret }: Group): readonly Key[] {
  const key = published ?? secret
  return key.keys ?? [key]
}

/** Header and claims of a good access token, in place of a payload that is not one. */
function inputOf ({ jws }: Case, issuer: string): string {
  return `${jws.split('.')[0] as string}.${encode(JSON.stringify(claimsOf(issuer)))}`
}

/**
 * The signature of a case, made for another input: what the signature encodes, good or bad, with the digest of that input.
 * `undefined` if it encodes no digest of its own input, as a signature that was changed afterwards.
 */
function transplant ({ jws }: Case, secret: Key, input: string): Buffer | undefined {
  const signature = Buffer.from(jws.split('.')[2] ?? '', 'base64url')
  const padding = constants.RSA_NO_PADDING
  try {
    const encoded = publicDecrypt({ key: createPublicKey({ key: secret, format: 'jwk' }), padding }, signature)
    const at = encoded.indexOf(digestOf(jws.slice(0, jws.lastIndexOf('.'))))
    if (at === -1) return undefined
    digestOf(input).copy(encoded, at)
    return privateEncrypt({ key: createPrivateKey({ key: secret, format: 'jwk' }), padding }, encoded)
  } catch {
    return undefined
  }
}

function digestOf (input: string): Buffer {
  return createHash('sha256').update(input).digest()
}

t.test('a JWS that is not an access token is refused, whatever its signature', async (t) => {
  for (const group of signatures) {
    const statusOf = await ask(publicKeysOf(group))
    for (const { tcId, comment, jws } of group.tests) t.match(await statusOf(jws), /^40[01]$/, `${tcId} ${comment}`)
  }
})

t.test('an access token with an RS256 signature as in the vectors is accepted if they call it valid, and refused if not', async (t) => {
  let transplanted = 0
  for (const group of signatures.filter(({ private: { kty, alg, use, key_ops: operations } }) => kty === 'RSA' && alg === 'RS256' && use !== 'enc' && operations === undefined)) {
    const issuer = await Issuer.start(t)
    issuer.keys = [...publicKeysOf(group)]
    const { app } = await buildApplication(t, { issuer })
    for (const vector of group.tests) {
      const input = inputOf(vector, issuer.url)
      const signature = transplant(vector, group.private, input)
      if (signature === undefined || !isRs256(vector)) continue
      transplanted++
      const { statusCode } = await app.inject({ url: '/me', headers: { authorization: `Bearer ${input}.${encode(signature)}` } })
      t.equal(statusCode, vector.result === 'valid' ? 200 : 401, `${vector.tcId} ${vector.comment}`)
    }
  }
  t.ok(transplanted > 100, `${transplanted} signatures`)
})

function isRs256 ({ jws }: Case): boolean {
  return /"alg" *: *"RS256"/.test(Buffer.from(jws.split('.')[0] as string, 'base64url').toString())
}

t.test('a key is used as a key of the issuer if the vectors call it valid for RS256, and not if they do not', async (t) => {
  for (const group of keys) {
    const issuer = await Issuer.start(t)
    issuer.keys = [...publicKeysOf(group)]
    const { app } = await buildApplication(t, { issuer })
    for (const vector of group.tests) {
      const { kid } = JSON.parse(Buffer.from(vector.jws.split('.')[0] as string, 'base64url').toString()) as { kid: string }
      const secret = (group.private.keys ?? [group.private]).find((key) => key.kid === kid)
      const input = inputOf(vector, issuer.url)
      const signature = secret?.kty === 'RSA' && secret.n !== undefined
        ? signWith('sha256', Buffer.from(input), createPrivateKey({ key: secret, format: 'jwk' }))
        : Buffer.alloc(256)
      const { statusCode } = await app.inject({ url: '/me', headers: { authorization: `Bearer ${input}.${encode(signature)}` } })
      const isGood = vector.result === 'valid' && secret?.kty === 'RSA' && isRs256(vector)
      t.match(statusCode, isGood ? 200 : /^(401|503)$/, `${vector.tcId} ${group.comment}: ${vector.comment}`)
    }
  }
})

t.test('a signature by any of the asymmetric algorithms verifies if the vectors call it valid, and only then', async (t) => {
  let compared = 0
  for (const group of signatures.filter(({ public: key }) => key !== undefined && key.use !== 'enc' && key.key_ops === undefined)) {
    for (const { tcId, comment, jws, result } of group.tests) {
      const alg = algorithmOf(jws)
      if (alg === undefined || alg !== group.public?.alg || jws.split('.').length !== 3) continue
      const key = createPublicKey({ key: group.public as JsonWebKey, format: 'jwk' })
      compared++
      t.equal(isKeyFor(alg, key) && verifies(key, alg, jws), result === 'valid', `${tcId} ${group.comment}: ${comment}`)
    }
  }
  t.ok(compared > 300, `${compared} signatures`)
})

function verifies (key: KeyObject, alg: JwsAlgorithm, jws: string): boolean {
  try {
    return isSignedWith(key, alg, splitCompactToken(jws, Infinity))
  } catch (error) {
    if (error instanceof InvalidTokenError) return false
    throw error
  }
}

function algorithmOf (jws: string): JwsAlgorithm | undefined {
  const alg = /"alg" *: *"((?:RS|PS|ES)(?:256|384|512))"/.exec(Buffer.from(jws.split('.')[0] as string, 'base64url').toString())?.[1]
  return alg as JwsAlgorithm | undefined
}
