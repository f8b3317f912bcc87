import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import t, { type Test } from 'tap'
import type { DpopMode } from 'fastify-okta'
import type { MintOptions } from 'local-okta'
import { clientsKey, prove } from '../../../kit/dpop-proof.js'
import { buildService, startOkta, type Service } from '../../service.js'
import { operationsOf, readDocument, responsesOf, type Operation } from './openapi.js'

const ORIGIN = 'https://greetings.example'
const GROUP = 'Fastify Okta'
const GRACE = 'grace@example.com'
const WRITE = ['openid', 'profile:write']
const BODY = { nickName: 'Countess' }
const okta = await startOkta(t)

interface Setting {
  readonly directory: boolean
  /** `null` without an origin. */
  readonly dpop: DpopMode | null
}

/** Who calls, with what, and while what is out of order. */
interface Scenario {
  readonly mint?: MintOptions
  /** In place of credentials that are made of the token. */
  readonly credentials?: (accessToken: string) => Record<string, string>
  readonly query?: string
  readonly body?: { payload: string | object, type?: string }
  readonly before?: () => void
  readonly after?: () => void
  /** Of the service that has never seen the issuer's keys. */
  readonly isNewcomer?: true
}

let isReplayStoreAway = false
const replayStore = {
  async remember () {
    if (isReplayStoreAway) throw new Error('away')
    return true
  }
}

function scenariosFor (scheme: 'Bearer' | 'DPoP'): readonly Scenario[] {
  return [
    { mint: { scopes: WRITE } },
    { mint: { scopes: WRITE }, query: 'timeZone=Asia/Tokyo' },
    { query: 'timeZone=Mars/Olympus' },
    { mint: {} },
    { mint: { user: GRACE, claims: { groups: [] } } },
    { mint: { client: 'service', scopes: WRITE, claims: {} } },
    { mint: { expiresInSeconds: -60 } },
    { credentials: () => ({}) },
    { credentials: () => ({ authorization: 'Basic YTpi' }) },
    { credentials: () => ({ authorization: `${scheme} mallory mallory` }) },
    { credentials: () => ({ authorization: `${scheme} mallory` }) },
    { mint: { claims: { cnf: { jkt: clientsKey.thumbprint } } }, credentials: accessToken => ({ authorization: `DPoP ${accessToken}` }) },
    { before: () => { isReplayStoreAway = true }, after: () => { isReplayStoreAway = false }, mint: { claims: { cnf: { jkt: clientsKey.thumbprint } } } },
    { before: () => { okta.users.setStatus(GRACE, 'SUSPENDED') }, after: () => { okta.users.setStatus(GRACE, 'ACTIVE') }, mint: { user: GRACE, scopes: WRITE } },
    { before: () => { okta.faults.add({ path: /^\/api\/v1\//, status: 500 }) }, after: () => { okta.faults.clear() }, mint: { scopes: WRITE } },
    { before: () => { okta.faults.add({ path: '/oauth2/default/v1/keys', status: 500 }) }, after: () => { okta.faults.clear() }, isNewcomer: true },
    { mint: { scopes: WRITE }, body: { payload: { email: 'mallory@example.com' } } },
    { mint: { scopes: WRITE }, body: { payload: '{' } },
    { mint: { scopes: WRITE }, body: { payload: '' } },
    { mint: { scopes: WRITE }, body: { payload: JSON.stringify('a'.repeat(20_000)) } },
    { mint: { scopes: WRITE }, body: { payload: 'a', type: 'text/csv' } }
  ]
}

async function build (t: Test, { directory, dpop }: Setting): Promise<Service> {
  const { issuer, audience, apiToken: token } = okta
  const timings = { userCacheTtlMs: 0, userCacheCeilingMs: 0, cooldownMs: 0 }
  return await buildService(t, {
    okta,
    settings: {
      okta: { issuer, audience, ...(directory ? { directory: { token, ...timings } } : {}) },
      ...(dpop === null ? {} : { publicUrl: ORIGIN, dpop, pageClientId: okta.clients.browser.clientId })
    },
    plugin: { keysCooldownMs: 1, ...(dpop === null || dpop === 'off' ? {} : { dpop: { mode: dpop, replayStore } }) }
  })
}

/** Credentials for one request, bound to a key where the token is, or has to be. */
async function credentialsFor ({ method, path }: Operation, { mint = {}, credentials }: Scenario, dpop: DpopMode | null): Promise<Record<string, string>> {
  const bound = dpop === 'required' || 'cnf' in (mint.claims ?? {})
  const claims = { groups: [GROUP], ...(bound ? { cnf: { jkt: clientsKey.thumbprint } } : {}), ...mint.claims }
  const accessToken = await okta.mintAccessToken({ ...mint, claims })
  if (credentials !== undefined) return credentials(accessToken)
  if (!bound) return { authorization: `Bearer ${accessToken}` }
  return { authorization: `DPoP ${accessToken}`, dpop: prove(accessToken, { claims: { htm: method, htu: `${ORIGIN}${path}` } }) }
}

async function ask (service: Service, operation: Operation, scenario: Scenario, { dpop, accept }: { dpop: DpopMode | null, accept: string }): Promise<LightMyRequestResponse> {
  const { method, path } = operation
  const { payload, type = 'application/json' } = scenario.body ?? { payload: BODY }
  const headers = { accept, ...await credentialsFor(operation, scenario, dpop), ...(operation.requestBody === undefined ? {} : { 'content-type': type }) }
  const request: InjectOptions = { method, url: scenario.query === undefined ? path : `${path}?${scenario.query}`, headers }
  scenario.before?.()
  try {
    return await service.app.inject(operation.requestBody === undefined ? request : { ...request, payload })
  } finally {
    scenario.after?.()
  }
}

/** An answer in a few words; of a refusal, its code and which headers it has beside its body. */
function wordsOf (statusCode: number, headers: readonly string[], type: string, code?: string): string[] {
  const shown = headers.filter(name => /^(?:www-authenticate|retry-after)$/i.test(name)).map(name => `${statusCode} with ${name.toLowerCase()}`)
  return [`${statusCode} ${type}`, ...(code === undefined ? [] : [`${statusCode} ${code}`]), ...shown]
}

function seen ({ statusCode, headers, body }: LightMyRequestResponse): string[] {
  const type = String(headers['content-type']).replace(/;.*/, '')
  const { code } = type === 'application/json' ? JSON.parse(body) as { code?: string } : {}
  return wordsOf(statusCode, Object.keys(headers), type, code)
}

function documented (operation: Operation): string[] {
  return responsesOf(operation).flatMap(([status, { content = {}, headers = {} }]) =>
    Object.entries(content).flatMap(([type, media]) =>
      [undefined, ...codesOf(media)].flatMap(code => wordsOf(Number(status), Object.keys(headers), type, code))))
}

function codesOf ({ examples = {}, schema }: OpenApi.MediaTypeObject): string[] {
  const { code } = (schema as OpenApi.SchemaObject & { properties?: { code?: { const?: string } } }).properties ?? {}
  return code?.const === undefined ? Object.keys(examples) : [code.const]
}

/** The body that the document shows for a code. */
function exampleOf (operation: Operation, { statusCode }: LightMyRequestResponse, code: string): unknown {
  const response = operation.responses?.[statusCode] as OpenApi.ResponseObject | undefined
  return (response?.content?.['application/json']?.examples?.[code] as OpenApi.ExampleObject | undefined)?.value
}

// The runner has a limit of its own.
t.setTimeout(0)

for (const [title, setting] of Object.entries<Setting>({
  'with a directory, and bound tokens allowed': { directory: true, dpop: 'allowed' },
  'with a directory, and bound tokens required': { directory: true, dpop: 'required' },
  'with neither a directory nor an origin': { directory: false, dpop: null }
})) {
  t.test(`what the document says is answered, and nothing else: ${title}`, async t => {
    const service = await build(t, setting)
    okta.faults.add({ path: '/oauth2/default/v1/keys', status: 500 })
    const newcomer = await build(t, setting)
    okta.faults.clear()
    for (const operation of operationsOf(await readDocument(service.app))) {
      const answers = new Set<string>()
      for (const scenario of scenariosFor(setting.dpop === 'required' ? 'DPoP' : 'Bearer')) {
        if (scenario.body !== undefined && operation.requestBody === undefined) continue
        for (const accept of ['application/json', 'text/plain']) {
          const response = await ask(scenario.isNewcomer === true ? newcomer : service, operation, scenario, { dpop: setting.dpop, accept })
          for (const word of seen(response)) answers.add(word)
          const { code } = response.headers['content-type']?.toString().startsWith('application/json') === true ? response.json() as { code?: string } : {}
          const example = code === undefined ? undefined : exampleOf(operation, response, code)
          if (example !== undefined) t.strictSame(response.json(), example)
        }
      }
      t.same([...answers].sort(), [...new Set(documented(operation))].sort(), `${operation.method} ${operation.path}`)
    }
  })
}
