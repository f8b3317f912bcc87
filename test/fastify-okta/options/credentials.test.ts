import t from 'tap'
import { readOptions, type FastifyOktaOptions } from '#fastify-okta/options.js'
import { createEcPair, createEdPair, createRsaPair } from '../../kit/key-pair.js'

const ISSUER = { issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' }
const { privateKey, publicKey } = createEcPair()
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const JWK = privateKey.export({ format: 'jwk' }) as Record<string, unknown>
const APP = { clientId: '0oa', scopes: ['okta.users.read'], privateKey: JWK }
const SECRET = { clientId: '0oa', clientSecret: 'secret' }
const INVISIBLE = 'contains a line break or an invisible character'

const read = (options: object): ReturnType<typeof readOptions> => readOptions({ ...ISSUER, ...options } as FastifyOktaOptions)

function issueOf (options: object): string {
  try {
    read(options)
    return 'none'
  } catch (error) {
    return error instanceof TypeError ? error.message : `no TypeError: ${String(error)}`
  }
}

t.test('a directory has an API token, or a service app with a key', async t => {
  const credentialsOf = (directory: object): unknown => read({ directory }).issuers[0]?.directory?.credentials
  t.match(read({ directory: { token: '00a_-B' } }).issuers[0]?.directory, { orgUrl: 'https://acme.okta.com', credentials: { token: '00a_-B' }, profileAttributes: [] })
  t.strictSame(credentialsOf(APP), APP)
  t.strictSame(credentialsOf({ ...APP, privateKey: PEM, keyId: 'a', timeoutMs: 5 }), { ...APP, privateKey: PEM, keyId: 'a' })
  t.strictSame(credentialsOf({ ...APP, privateKey: JSON.stringify(JWK) }), APP)

  t.equal(issueOf({ directory: {} }), 'directory needs a token, or a clientId with scopes and a privateKey')
  t.equal(issueOf({ directory: { ...APP, token: 'a' } }), 'directory has a token and a service app: leave one of them out')
})

t.test('an API token that cannot be one stops the start, and is not repeated', async t => {
  const tokens: Array<[unknown, string]> = [
    [undefined, 'is undefined: leave directory out, or set OKTA_CLIENT_TOKEN'],
    ['', 'is empty: leave directory out, or set OKTA_CLIENT_TOKEN'],
    [null, 'must be a string: an API token'],
    [1, 'must be a string: an API token'],
    [['a'], 'must be a string: an API token'],
    ['SSWS 00secret', 'begins with "SSWS ": leave "SSWS " off'],
    ['ssws 00secret', 'begins with "SSWS ": leave "SSWS " off'],
    ['SSWS', 'begins with "SSWS ": leave "SSWS " off'],
    ['00secret\n', INVISIBLE],
    ['00secret\r\n', INVISIBLE],
    ['00sec\u200bret', INVISIBLE],
    ['\ufeff00secret', INVISIBLE],
    [' 00secret', 'begins or ends with a space'],
    ['00sec–ret', 'contains a space or a character that no HTTP header can carry'],
    ['00secret…', 'contains a space or a character that no HTTP header can carry'],
    ['00sec ret', 'contains a space or a character that no HTTP header can carry'],
    ['"00secret"', 'is in quotes: leave them off'],
    ['{apiToken}', 'is the placeholder {apiToken}: put your own value there']
  ]
  for (const [token, issue] of tokens) {
    t.equal(issueOf({ directory: { token } }), `directory.token ${issue}`, JSON.stringify(token))
    t.notMatch(issueOf({ directory: { token } }), /secret/)
  }
})

t.test('a private key that cannot be used stops the start, and is not repeated', async t => {
  const rsa = (modulusLength: number): unknown => createRsaPair(modulusLength).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const NO_KEY = 'is not a private key: it must be a PEM or a JWK'
  const WEAK = 'must be RSA of at least 2048 bits, or EC P-256'
  const keys: Array<[unknown, string]> = [
    [undefined, 'is undefined: it must be a private key, as a PEM or a JWK'],
    [null, 'must be a PEM or a JWK'],
    [1, 'must be a PEM or a JWK'],
    ['', NO_KEY],
    ['xyz', NO_KEY],
    ['{', NO_KEY],
    ['{}', NO_KEY],
    [{ kty: 'RSA' }, NO_KEY],
    [{ ...JWK, d: undefined }, NO_KEY],
    [publicKey.export({ type: 'spki', format: 'pem' }), NO_KEY],
    [PEM.slice(0, 60), NO_KEY],
    [PEM.replaceAll('\n', '\\n'), 'contains \\n for line breaks: replace each by a line break'],
    [rsa(1024), WEAK],
    [createEdPair().privateKey.export({ format: 'jwk' }), WEAK],
    [createEcPair('secp256k1').privateKey.export({ format: 'jwk' }), WEAK]
  ]
  for (const [key, issue] of keys) {
    t.equal(issueOf({ directory: { ...APP, privateKey: key } }), `directory.privateKey ${issue}`)
    if (key !== undefined) t.equal(issueOf({ introspection: { clientId: 'a', privateKey: key } }), `introspection.privateKey ${issue}`)
  }
  t.equal(issueOf({ directory: { ...APP, privateKey: rsa(2048) } }), 'none')
})

t.test('the ids and scopes of a client are words', async t => {
  for (const [clientId, issue] of [['', 'is empty'], [null, 'must be a string: the id of a service app'], [1, 'must be a string: the id of a service app'], ['a b', 'contains a space or a character that no HTTP header can carry'], ['{clientId}', 'is the placeholder {clientId}: put your own value there']] as const) {
    t.equal(issueOf({ directory: { ...APP, clientId } }), `directory.clientId ${issue}`)
  }
  t.equal(issueOf({ directory: { ...APP, clientId: undefined } }), 'directory.clientId is undefined: it must be the id of a service app')
  t.equal(issueOf({ directory: { ...APP, keyId: 1 } }), 'directory.keyId must be a string: the id of a key')
  t.equal(issueOf({ directory: { ...APP, scopes: ['okta.users.read okta.groups.read'] } }), 'directory.scopes must be an array of scopes, each without spaces')
  t.equal(issueOf({ audience: 'api://default ' }), 'audience has a string that begins or ends with a space')
  t.equal(issueOf({ audience: ['api://default\n'] }), `audience has a string that ${INVISIBLE}`)
})

t.test('introspection has a client with a secret or a key', async t => {
  const credentialsOf = (introspection: object): unknown => read({ introspection }).issuers[0]?.introspection?.credentials
  t.match(read({ introspection: SECRET }).issuers[0]?.introspection, { endpoint: 'https://acme.okta.com/oauth2/default/v1/introspect', credentials: SECRET })
  t.match(read({ introspection: { ...SECRET, endpoint: 'https://a.example/b' } }).issuers[0]?.introspection, { endpoint: 'https://a.example/b' })
  t.strictSame(credentialsOf({ clientId: 'a', privateKey: PEM }), { clientId: 'a', privateKey: PEM })
  t.strictSame(credentialsOf({ clientId: 'a', privateKey: JSON.stringify(JWK), keyId: 'b' }), { clientId: 'a', privateKey: JWK, keyId: 'b' })
  t.strictSame(credentialsOf({ clientId: 'a', clientSecret: 'sword fish+%' }), { clientId: 'a', clientSecret: 'sword fish+%' })

  const issues: Array<[object, string]> = [
    [{ clientId: 'a' }, 'introspection needs a clientSecret or a privateKey'],
    [{ clientId: 'a', clientSecret: undefined }, 'introspection needs a clientSecret or a privateKey'],
    [{ clientId: 'a', clientSecret: '' }, 'introspection.clientSecret is empty'],
    [{ clientId: 'a', clientSecret: 1 }, 'introspection.clientSecret must be a string'],
    [{ clientId: 'a', clientSecret: 'a\n' }, `introspection.clientSecret ${INVISIBLE}`],
    [{ ...SECRET, privateKey: JWK }, 'introspection has a clientSecret and a privateKey: leave one of them out'],
    [{ clientSecret: 'a' }, 'introspection.clientId is undefined: it must be the id of a client'],
    [{ clientId: '', clientSecret: 'a' }, 'introspection.clientId is empty']
  ]
  for (const [introspection, issue] of issues) t.equal(issueOf({ introspection }), issue)
})
