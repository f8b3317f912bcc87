import { decodeProtectedHeader, jwtVerify } from 'jose'
import t from 'tap'
import { createClientAuthentication } from '#fastify-okta/oauth/client-authentication.js'
import { createEcPair } from '../../kit/key-pair.js'
import { usualKey } from '../../kit/signing-key.js'

const ENDPOINT = 'https://acme.okta.com/oauth2/v1/introspect'

t.test('a secret goes into the header, encoded as forms are', async t => {
  const authenticate = createClientAuthentication({ clientId: 'a:b', clientSecret: 'c d+é%' }, ENDPOINT)
  const { headers, parameters } = await authenticate()

  t.equal(Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString(), 'a%3Ab:c+d%2B%C3%A9%25')
  t.same(parameters, {})
})

t.test('a key signs a new assertion for each request', async t => {
  const ec = createEcPair()
  const keys = {
    'RSA as PEM': [usualKey.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, usualKey.publicKey, 'RS256', undefined],
    'RSA as JWK': [{ ...usualKey.privateKey.export({ format: 'jwk' }), kid: 'a' }, usualKey.publicKey, 'RS256', 'a'],
    'EC as PEM': [ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, ec.publicKey, 'ES256', undefined],
    'EC as JWK': [{ ...ec.privateKey.export({ format: 'jwk' }) }, ec.publicKey, 'ES256', undefined]
  } as const
  for (const [title, [privateKey, publicKey, alg, kid]] of Object.entries(keys)) {
    const authenticate = createClientAuthentication({ clientId: 'client', privateKey }, ENDPOINT)
    const { headers, parameters } = await authenticate()
    const { payload } = await jwtVerify(parameters.client_assertion as string, publicKey)

    t.same(headers, {})
    t.equal(parameters.client_assertion_type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    t.strictSame(decodeProtectedHeader(parameters.client_assertion as string), { alg, ...(kid === undefined ? {} : { kid }) }, title)
    t.match(payload, { iss: 'client', sub: 'client', aud: ENDPOINT, jti: /^[0-9a-f-]{36}$/ })
    t.equal((payload.exp ?? 0) - (payload.iat ?? 0), 300)
    t.not((await authenticate()).parameters.client_assertion, parameters.client_assertion)
  }
})

t.test('a key id that is given goes before that of the key', async t => {
  const privateKey = { ...usualKey.privateKey.export({ format: 'jwk' }), kid: 'a' }
  const { parameters } = await createClientAuthentication({ clientId: 'client', privateKey, keyId: 'b' }, ENDPOINT)()

  t.equal(decodeProtectedHeader(parameters.client_assertion as string).kid, 'b')
})

t.test('a key that cannot be read is refused at once, and not quoted', async t => {
  for (const privateKey of ['secret', '', { kty: 'RSA', d: 'secret' }, usualKey.publicKey.export({ type: 'spki', format: 'pem' }) as string, { ...usualKey.jwk }]) {
    t.throws(() => createClientAuthentication({ clientId: 'client', privateKey }, ENDPOINT), {
      name: 'TypeError', message: 'the privateKey must be a private key as PEM or JWK'
    })
  }
})
