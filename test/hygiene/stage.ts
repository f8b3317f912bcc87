import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import type { Test } from 'tap'
import fastifyOkta, { type FastifyOktaOptions } from 'fastify-okta'
import { defaultSeed, startLocalOkta, type Fault, type LocalOkta } from 'local-okta'
import { buildApp } from '#greeting/app.js'
import { clientsKey, prove } from '../kit/dpop-proof.js'
import { type Secrets, textOf, textOfError } from './secrets.js'

export const PUBLIC_URL = 'https://greetings.example'
export const CLIENT_SECRET = `client-${randomBytes(24).toString('hex')}`
export const EVENT_HOOK_SECRET = `hook-${randomBytes(24).toString('hex')}`
/** Long enough for this machine when it is busy, short enough to wait for often. */
const TIMEOUT_MS = 300

/** An application under watch: what it says, to whom ever. */
export interface Stage {
  readonly app: FastifyInstance
  /** Asks, and says which secret came to light by it; `undefined` if none did. */
  leakOf (request: InjectOptions): Promise<string | undefined>
  /** The log so far. */
  readonly log: readonly string[]
}

/** A local Okta with secrets that are not the default ones. */
export async function startOkta (t: Test): Promise<LocalOkta> {
  const okta = await startLocalOkta({
    seed: { applications: defaultSeed.applications.map(client => client.clientSecret === undefined ? client : { ...client, clientSecret: CLIENT_SECRET }) }
  })
  t.teardown(async () => { await okta.stop() })
  return okta
}

/** What never waits long, keeps nothing, and asks again each time. */
export const impatient = {
  keysTtlMs: 1, keysCooldownMs: 1, keysTimeoutMs: TIMEOUT_MS, publicUrl: PUBLIC_URL, maxVerifiedTokens: 1
}
export const impatientDirectory = { userCacheTtlMs: 0, userCacheCeilingMs: 0, cooldownMs: 0, timeoutMs: TIMEOUT_MS }

/** A plain Fastify application with the plugin. It logs URLs, as Fastify does: no secret is put into them here. */
export async function buildHost (t: Test, secrets: Secrets, options: FastifyOktaOptions): Promise<Stage> {
  const log: string[] = []
  const app = Fastify({ logger: { level: 'trace', stream: { write: (line: string) => { log.push(line) } } } })
  return await watch(t, secrets, { app, log }, async () => {
    await app.register(fastifyOkta, options)
    app.get('/', { onRequest: app.okta.identify }, async request => ({ isKnown: request.claims !== null }))
    app.get('/greet', { onRequest: app.okta.requireGroup('Fastify Okta') }, async () => 'Good Morning')
    app.get('/me', { onRequest: app.okta.authenticate }, async () => 'me')
    app.get('/strong', { onRequest: app.okta.requireAuthentication({ acr: 'phr', maxAgeSeconds: 1 }) }, async () => 'strong')
    app.patch('/me', { onRequest: app.okta.requireScope('profile:write') }, async request => {
      await app.okta.directory?.update(request.claims?.uid ?? '', request.body as object)
      return 'changed'
    })
  })
}

/** The greeting service. */
export async function buildService (t: Test, secrets: Secrets, { issuer, audience, apiToken: token }: LocalOkta): Promise<Stage> {
  const log: string[] = []
  const app = await buildApp({
    okta: { issuer, audience, directory: { token, ...impatientDirectory } },
    greeting: { group: 'Fastify Okta', timeZone: 'UTC' },
    eventHookSecret: EVENT_HOOK_SECRET,
    logLevel: 'trace'
  }, { plugin: impatient, logStream: { write: line => { log.push(line) } } })
  return await watch(t, secrets, { app, log }, async () => {})
}

async function watch (t: Test, secrets: Secrets, { app, log }: { app: FastifyInstance, log: string[] }, build: () => Promise<void>): Promise<Stage> {
  t.teardown(async () => { await app.close() })
  const errors: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { errors.push(textOfError(error)) })
  await build()
  await app.ready()
  return {
    app,
    log,
    leakOf: async request => {
      const [lines, thrown] = [log.length, errors.length]
      const response = await app.inject(request)
      return secrets.findIn([textOf(response), ...log.slice(lines), ...errors.slice(thrown)].join('\n'))
    }
  }
}

/** Every way in which Okta may be unavailable or broken, the echo of what it was sent among them. */
export function outagesOf ({ apiToken }: LocalOkta, accessToken: string, privateKey: Readonly<Record<string, unknown>>): Readonly<Record<string, Fault[]>> {
  const directory = /^\/api\/v1\//
  const keys = '/oauth2/default/v1/keys'
  return {
    'all is well': [],
    'the directory answers 500': [{ path: directory, status: 500 }],
    'the directory answers 429': [{ path: directory, status: 429 }],
    'the directory refuses the API token': [{ path: directory, status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided', errorLink: 'E0000011', errorId: 'oae1', errorCauses: [] } }],
    'the directory hangs': [{ path: directory, hang: true }],
    'the directory hangs up': [{ path: directory, drop: true }],
    'the directory answers HTML': [{ path: directory, status: 200, body: '<html>' }],
    'the directory redirects': [{ path: directory, status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    'the keys answer 500': [{ path: keys, status: 500 }],
    'the keys answer HTML': [{ path: keys, status: 200, body: '<html>' }],
    'the keys are cut off': [{ path: keys, status: 200, body: `{"keys":[{"kty":"RSA","d":"${String(privateKey['d'])}` }],
    'the keys are private ones': [{ path: keys, status: 200, body: { keys: [privateKey] } }],
    'the keys hang': [{ path: keys, hang: true }],
    'the directory shows the API token in an error': [{ path: directory, status: 500, body: { errorCode: 'E0000009', errorSummary: `Authorization: SSWS ${apiToken}`, errorCauses: [{ errorSummary: apiToken }] } }],
    'the directory shows the API token in a text': [{ path: directory, status: 502, body: `${apiToken} was sent` }],
    'the directory answers the API token': [{ path: directory, status: 200, body: apiToken }],
    'the keys are a private one, not in JSON': [{ path: keys, status: 200, body: String(privateKey['d']) }],
    'the keys are a token, not in JSON': [{ path: keys, status: 200, body: accessToken }]
  }
}

/** Every way in which credentials may be brought, as headers. */
export async function credentialsOf (okta: LocalOkta): Promise<Readonly<Record<string, Record<string, string>>>> {
  const good = await okta.mintAccessToken({ scopes: ['openid', 'profile:write'] })
  const bound = await okta.mintAccessToken({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const [header = '', claims = '', signature = ''] = good.split('.')
  const bearer = (accessToken: string): Record<string, string> => ({ authorization: `Bearer ${accessToken}` })
  const dpop = (proof: string): Record<string, string> => ({ authorization: `DPoP ${bound}`, dpop: proof })
  return {
    good: bearer(good),
    'of somebody else': bearer(await okta.mintAccessToken({ user: 'grace@example.com' })),
    'of a client': bearer(await okta.mintAccessToken({ client: 'service' })),
    'of nobody': bearer(await okta.mintAccessToken({ claims: { uid: '00unobody00000000001' } })),
    'of an odd user': bearer(await okta.mintAccessToken({ claims: { uid: good } })),
    expired: bearer(await okta.mintAccessToken({ expiresInSeconds: -10 })),
    'for another audience': bearer(await okta.mintAccessToken({ claims: { aud: good } })),
    'of another issuer': bearer(await okta.mintAccessToken({ claims: { iss: 'https://evil.example' } })),
    'under a kid that is a token': bearer(await okta.mintAccessToken({ header: { kid: signature.slice(0, 100) } })),
    'of another algorithm': bearer(await okta.mintAccessToken({ header: { alg: 'HS256' } })),
    'of another type': bearer(await okta.mintAccessToken({ header: { typ: good } })),
    'with crit': bearer(await okta.mintAccessToken({ header: { crit: [good] } })),
    'an ID token': bearer(await okta.mintIdToken()),
    'of the org server': bearer(await okta.mintOrgAccessToken()),
    forged: bearer(`${header}.${claims}.${signature.split('').reverse().join('')}`),
    'cut off': bearer(good.slice(0, -20)),
    'without a signature': bearer(`${header}.${claims}.`),
    'not JSON': bearer(`${signature}.${signature}.${signature}`),
    'with a space in it': bearer(`${header} ${claims}.${signature}`),
    quoted: bearer(`"${good}"`),
    'sent twice': { authorization: `Bearer ${good}, Bearer ${good}` },
    'of no scheme': { authorization: good },
    'as a password': { authorization: `Basic ${good}` },
    'in a cookie': { cookie: `access_token=${good}` },
    'in headers of other names': { 'x-access-token': good, referer: `https://a.example/?access_token=${good}`, 'user-agent': good, accept: good },
    'bound, without a proof': { authorization: `DPoP ${bound}` },
    'bound, as a bearer token': bearer(bound),
    'bound, with a good proof': dpop(prove(bound, { claims: { htu: `${PUBLIC_URL}/me` } })),
    'bound, with a proof for elsewhere': dpop(prove(bound, { claims: { htu: 'https://evil.example' } })),
    'bound, with a forged proof': dpop(prove(bound, { sign: () => signature.slice(0, 86) })),
    'bound, with a private key in the proof': dpop(prove(bound, { header: { jwk: clientsKey.privateKey.export({ format: 'jwk' }) } })),
    'bound, with a token as the proof': dpop(good),
    'bound, with an odd proof': dpop(`${good} ${good}`)
  }
}

/** Makes secrets of credentials. */
export function addCredentials (secrets: Secrets, credentials: Readonly<Record<string, Record<string, string>>>): void {
  for (const [name, headers] of Object.entries(credentials)) {
    for (const value of Object.values(headers)) {
      for (const text of value.split(/[ ,"=]+/).filter(part => part.length > 60)) secrets.add(`the credentials ${name}`, text)
    }
  }
}
