import { createPublicKey, verify, type VerifyKeyObjectInput } from 'node:crypto'
import fastify from 'fastify'
import { addResource, listen, type StartServer } from '../servers/server.js'
import { loginOf } from '../okta/claims.js'

const BEARER = 'Bearer '.length
const DPOP = 'DPoP '.length

const text = { type: 'string' }
const greetingSchema = { response: { 200: { type: 'object', properties: { greeting: text, name: text, timeZone: text, localTime: text } } } }
const GREETING = { greeting: 'Good Morning', name: 'Ada Lovelace', timeZone: 'Europe/London', localTime: '2026-11-24T09:30:00+00:00' }

/** The floor: signatures are verified, or nothing is, and nothing else is done. The token is not even read. */
export const start: StartServer = async ({ publicKeyPem, verifications = 0, proofAlgorithm, proofKeyPems }) => {
  const tokenKey = { key: createPublicKey(publicKeyPem) }
  const proofKey = proofAlgorithm === undefined ? null : { key: createPublicKey(proofKeyPems[proofAlgorithm]), dsaEncoding: 'ieee-p1363' as const }
  const app = fastify()
  addResource(app, ({ headers: { authorization = '', dpop } }, reply, done) => {
    const token = authorization.slice(proofKey === null ? BEARER : DPOP)
    let isGood = proofKey === null || isSigned(String(dpop), proofKey)
    for (let n = 0; n < verifications; n++) isGood = isSigned(token, tokenKey) && isGood
    if (isGood) return done()
    reply.code(401).send({ statusCode: 401, error: 'Unauthorized', message: 'the signature is wrong' })
  }, () => loginOf(0))
  app.get('/greet', { schema: greetingSchema }, (_request, reply) => { reply.send(GREETING) })
  return await listen(app)
}

function isSigned (token: string, key: VerifyKeyObjectInput): boolean {
  const end = token.lastIndexOf('.')
  return verify('sha256', Buffer.from(token.slice(0, end), 'latin1'), key, Buffer.from(token.slice(end + 1), 'base64url'))
}
