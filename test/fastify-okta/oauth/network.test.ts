import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { FetchFailedError, fetchJson } from '#fastify-okta/oauth/fetch-json.js'
import { Introspection } from '#fastify-okta/oauth/introspection.js'
import { IssuerKeys } from '#fastify-okta/oauth/issuer-keys.js'
import { checkProxyVariables } from '#fastify-okta/oauth/network.js'
import { openUsersApi, type DirectoryCredentials } from '#fastify-okta/okta/directory/users-api.js'
import { ADA } from '../../kit/access-token.js'
import { Issuer, json } from '../../kit/issuer.js'
import { failureOf, thrownBy } from '../../kit/refusal.js'
import { usualKey } from '../../kit/signing-key.js'

const ORG = 'https://dev-1.okta.test'
const LIMITS = { timeoutMs: 5000, maxBytes: 1000 }
const NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY']

/** A proxy that notes where it is asked to connect to, and with which credentials, and refuses. */
async function startProxy (t: Test): Promise<{ url: string, host: string, asked: string[], credentials: unknown[] }> {
  const asked: string[] = []
  const credentials: unknown[] = []
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(502).end()
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    credentials.push(request.headers['proxy-authorization'])
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.close() })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, asked, credentials }
}

function setVariables (t: Test, variables: Readonly<Record<string, string>>): void {
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NAMES.includes(name)))
  t.intercept(process, 'env', { value: { ...others, ...variables } })
}

async function isProxied (url: string, asked: string[]): Promise<boolean> {
  const before = asked.length
  await fetchJson(url, {}, { ...LIMITS, timeoutMs: 1000 }).catch(() => {})
  return asked.length > before
}

t.test('keys, introspection, the directory and the tokens of a service app all go through the proxy', async (t) => {
  const { url, asked } = await startProxy(t)
  setVariables(t, { HTTPS_PROXY: url })
  const directoryWith = async (credentials: DirectoryCredentials): Promise<unknown> => {
    const api = await openUsersApi({ orgUrl: ORG, credentials, profileAttributes: [], timeoutMs: 5000 })
    return await failureOf(api.readUser(ADA))
  }
  const keys = new IssuerKeys({ jwksUri: `${ORG}/v1/keys`, keysTtlMs: 1, keysCooldownMs: 1, keysCeilingMs: 1, keysTimeoutMs: 5000 })
  const authenticateClient = async (): Promise<{ headers: object, parameters: object }> => ({ headers: {}, parameters: {} })
  const introspection = new Introspection({ endpoint: `${ORG}/v1/introspect`, authenticateClient: authenticateClient as never, timeoutMs: 5000, maxConcurrent: 1 })
  const requests: Record<string, () => Promise<unknown>> = {
    keys: async () => { await keys.load() },
    introspection: async () => await failureOf(introspection.introspect('opaque')),
    'the directory': async () => await directoryWith({ token: 'secret' }),
    'a service app': async () => await directoryWith({ clientId: 'a', scopes: ['okta.users.read'], privateKey: usualKey.privateKey.export({ format: 'jwk' }) })
  }
  for (const [title, request] of Object.entries(requests)) {
    asked.length = 0
    await request()
    t.ok(asked.length > 0, title)
    t.same([...new Set(asked)], ['CONNECT dev-1.okta.test:443'], title)
  }
})

t.test('HTTPS_PROXY counts before HTTP_PROXY, and lower case before upper case', async (t) => {
  const [used, other] = [await startProxy(t), await startProxy(t)]
  const settings: Array<Record<string, string>> = [
    { https_proxy: used.url }, { HTTPS_PROXY: used.url }, { http_proxy: used.url }, { HTTP_PROXY: used.url },
    { HTTPS_PROXY: used.url, HTTP_PROXY: other.url }, { https_proxy: used.url, HTTPS_PROXY: other.url }, { http_proxy: used.url, HTTP_PROXY: other.url },
    { https_proxy: '', HTTPS_PROXY: used.url }, { HTTPS_PROXY: used.host }
  ]
  for (const variables of settings) {
    setVariables(t, variables)
    t.ok(await isProxied(`${ORG}/v1/keys`, used.asked), JSON.stringify(Object.keys(variables)))
  }
  t.same(other.asked, [])
})

t.test('NO_PROXY is honoured: hosts, suffixes, ports, and every host', async (t) => {
  const { url, asked } = await startProxy(t)
  const lists: Record<string, boolean> = {
    '': true,
    'example.com': true,
    'okta.test:8443': true,
    'a.dev-1.okta.test': true,
    'ev-1.okta.test': true,
    'dev-1.okta.test': false,
    'DEV-1.OKTA.TEST': false,
    'example.com, dev-1.okta.test': false,
    'okta.test': false,
    '.okta.test': false,
    '*.okta.test': false,
    'dev-1.okta.test:443': false,
    '*': false
  }
  for (const name of ['NO_PROXY', 'no_proxy']) {
    for (const [list, expected] of Object.entries(lists)) {
      setVariables(t, { HTTPS_PROXY: url, [name]: list })
      t.equal(await isProxied(`${ORG}/v1/keys`, asked), expected, `${name}=${list}`)
    }
  }
})

t.test('plain http, which is for the loopback only, is never sent to a proxy', async (t) => {
  const { url, asked } = await startProxy(t)
  setVariables(t, { HTTP_PROXY: url, HTTPS_PROXY: url })
  const issuer = await Issuer.start(t)
  issuer.answer = json(200, { a: 1 })

  t.same((await fetchJson(issuer.url, {}, LIMITS)).document, { a: 1 })
  t.same(asked, [])
})

t.test('the credentials in a proxy\'s URL go to the proxy, and into no error', async (t) => {
  const { url, credentials } = await startProxy(t)
  setVariables(t, { HTTPS_PROXY: url.replace('//', '//user:pass%40word@') })
  const refused = await failureOf(fetchJson(`${ORG}/v1/keys`, {}, LIMITS))
  t.same(credentials, [`Basic ${Buffer.from('user:pass@word').toString('base64')}`])

  setVariables(t, { HTTPS_PROXY: 'http://user:pass%40word@127.0.0.1:9' })
  const unreachable = await failureOf(fetchJson(`${ORG}/v1/keys`, {}, LIMITS))
  for (const error of [refused, unreachable]) {
    t.ok(error instanceof FetchFailedError)
    t.notMatch(JSON.stringify([(error as Error).message, (error as Error).stack, (error as Error).cause, error]), 'pass')
  }
})

t.test('a proxy variable that is not a URL is refused by name, and not quoted', async (t) => {
  for (const value of ['socks5://user:secret@127.0.0.1:1080', 'http://', 'http://user:%zzsecret@proxy', 'ftp://secret']) {
    for (const name of ['HTTPS_PROXY', 'http_proxy']) {
      setVariables(t, { [name]: value })
      const error = thrownBy(checkProxyVariables) as Error
      t.equal(error.message, `${name} must be an http or https URL`)
    }
  }
  setVariables(t, { HTTPS_PROXY: 'https://proxy.example.com' })
  t.doesNotThrow(checkProxyVariables)
})
