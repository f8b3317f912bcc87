import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { AUDIENCE } from '../kit/access-token.js'
import { leakedKey } from './play.js'
import { Secrets, textOfError } from './secrets.js'
import { buildHost, CLIENT_SECRET } from './stage.js'

t.test('options that are wrong are refused without a word of the secrets in them', async t => {
  const secrets = new Secrets()
  secrets.addKey('a private key', leakedKey)
  secrets.add('the client secret', CLIENT_SECRET)
  const pem = (createPrivateKey({ key: leakedKey, format: 'jwk' } as never).export({ type: 'pkcs8', format: 'pem' }) as string).split('\n').slice(1, -2).join('')
  secrets.add('a private key', pem)
  const base = { issuer: 'http://127.0.0.1:9/oauth2/default', audience: AUDIENCE, keysTimeoutMs: 1 }
  const wrong: unknown[] = [
    { ...base, introspection: { clientId: 'resource', privateKey: `-----BEGIN PRIVATE KEY-----\n${pem.slice(0, 300)}\n-----END PRIVATE KEY-----` } },
    { ...base, introspection: { clientId: 'resource', privateKey: { ...leakedKey, kty: 'EC' } } },
    { ...base, introspection: { clientId: 'resource', privateKey: pem } },
    { ...base, introspection: { clientId: '', clientSecret: CLIENT_SECRET } },
    { ...base, introspection: { clientId: 'resource', clientSecret: CLIENT_SECRET, endpoint: 'http://evil.example' } },
    { ...base, directory: { token: 1, clientSecret: CLIENT_SECRET } },
    { ...base, directory: { clientId: CLIENT_SECRET, scopes: [], privateKey: leakedKey } },
    { ...base, publicUrl: 'x', directory: { token: CLIENT_SECRET } },
    { ...base, issuer: `https://${CLIENT_SECRET}:x@okta.example` },
    { ...base, publicUrl: `https://greetings.example/?${CLIENT_SECRET}`, directory: { token: CLIENT_SECRET } }
  ]
  for (const [i, options] of wrong.entries()) {
    const log: string[] = []
    let thrown: unknown
    try {
      await buildHost(t, secrets, options as never)
    } catch (error) {
      thrown = error
    }
    t.ok(thrown instanceof TypeError, `options ${i} are refused`)
    t.equal(secrets.findIn([...log, textOfError(thrown)].join('\n')), undefined, `options ${i}`)
  }
})
