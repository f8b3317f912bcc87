import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { defaultSeed, type LocalOkta } from 'local-okta'
import { refusalOf } from '../app-client.js'
import { start } from '../start.js'

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag'
const [AGENT, OTHER] = ['0oaagent000000000001', '0oaother000000000001']

interface Agent {
  readonly localOkta: LocalOkta
  /** At the org's own server, which issues ID-JAGs. */
  readonly org: client.Configuration
  /** At the server of the resource. */
  readonly resource: client.Configuration
  readonly idToken: string
}

/** An app whose user has signed in at the org: it wants to call an API of another server. */
async function startWithAgent (t: Parameters<typeof start>[0]): Promise<Agent> {
  const app = { applicationType: 'web', authMethod: 'client_secret_basic', clientSecret: 'secret', redirectUris: ['http://127.0.0.1:3000/callback'] } as const
  const localOkta = await start(t, {
    seed: {
      applications: [...defaultSeed.applications, ...[AGENT, OTHER].map((clientId) => ({
        ...app,
        redirectUris: [...app.redirectUris],
        clientId,
        label: clientId,
        grantTypes: ['authorization_code', 'password', TOKEN_EXCHANGE, JWT_BEARER],
        assignedGroups: ['Everyone']
      }))]
    }
  })
  const org = await discover(localOkta.orgUrl)
  const { id_token: idToken = '' } = await signIn(org)
  return { localOkta, org, resource: await discover(localOkta.issuer), idToken }
}

async function discover (issuer: string, clientId = AGENT): Promise<client.Configuration> {
  return client.discovery(new URL(issuer), clientId, 'secret', undefined, { execute: [client.allowInsecureRequests] })
}

async function signIn (configuration: client.Configuration): Promise<client.TokenEndpointResponse> {
  return client.genericGrantRequest(configuration, 'password', { username: 'ada@example.com', password: 'local-okta-1', scope: 'openid profile' })
}

async function idJagOf ({ org, localOkta, idToken }: Agent, changes: Record<string, string> = {}): Promise<string> {
  const { access_token: idJag } = await client.genericGrantRequest(org, TOKEN_EXCHANGE, {
    requested_token_type: ID_JAG, subject_token_type: ID_TOKEN, subject_token: idToken, audience: localOkta.issuer, scope: 'greet profile:write', ...changes
  })
  return idJag
}

t.test('an app exchanges the ID token of its user for an ID-JAG, and that for an access token of another server', async (t) => {
  const agent = await startWithAgent(t)
  const { localOkta, resource } = agent
  const idJag = await idJagOf(agent)
  t.match(decodeProtectedHeader(idJag), { typ: 'oauth-id-jag+jwt', alg: 'RS256' })
  const { payload } = await jwtVerify(idJag, createRemoteJWKSet(new URL(`${localOkta.orgUrl}/oauth2/v1/keys`)), { issuer: localOkta.orgUrl, audience: localOkta.issuer })
  t.match(payload, { sub: '00uadalovelace000001', client_id: AGENT, jti: /^IDAAG\./, email: 'ada@example.com', scope: 'greet profile:write' })
  t.equal(Number(payload.exp) - Number(payload.iat), 300)

  const tokens = await client.genericGrantRequest(resource, JWT_BEARER, { assertion: idJag, scope: 'greet' })
  t.match(tokens, { token_type: 'bearer', expires_in: 3600, scope: 'greet' })
  t.match(decodeJwt(tokens.access_token), { iss: localOkta.issuer, aud: localOkta.audience, cid: AGENT, sub: 'ada@example.com', scp: ['greet'] })
  t.match(await client.tokenIntrospection(resource, tokens.access_token), { active: true })
  t.match(await refusalOf(client.genericGrantRequest(resource, JWT_BEARER, { assertion: idJag })), { error: 'invalid_grant' }, 'once')
})

t.test('an access token of the org server stands for its user as well; without scopes of its own a request has those of the ID-JAG', async (t) => {
  const agent = await startWithAgent(t)
  const { access_token: accessToken } = await signIn(agent.org)
  const assertion = await idJagOf(agent, { subject_token_type: ACCESS_TOKEN, subject_token: accessToken })
  t.match(await client.genericGrantRequest(agent.resource, JWT_BEARER, { assertion }), { scope: 'greet profile:write' })
})

t.test('no ID-JAG is issued for a subject token that is not the app\'s, or for another audience', async (t) => {
  const agent = await startWithAgent(t)
  const { localOkta } = agent
  const foreign = (await signIn(await discover(localOkta.orgUrl, OTHER))).id_token ?? ''
  const refused: Record<string, [Record<string, string>, string]> = {
    'the ID token of another app': [{ subject_token: foreign }, 'invalid_grant'],
    'an ID token of a custom server': [{ subject_token: await localOkta.mintIdToken({ client: AGENT }) }, 'invalid_grant'],
    'an access token of a custom server': [{ subject_token_type: ACCESS_TOKEN, subject_token: await localOkta.mintAccessToken({ client: AGENT }) }, 'invalid_grant'],
    'an access token as an ID token': [{ subject_token: (await signIn(agent.org)).access_token }, 'invalid_grant'],
    'an unknown type': [{ subject_token_type: 'urn:x' }, 'invalid_request'],
    'another token than an ID-JAG': [{ requested_token_type: ACCESS_TOKEN }, 'invalid_request'],
    'an audience that is no server': [{ audience: 'https://api.example.com' }, 'invalid_target'],
    'the org as audience': [{ audience: localOkta.orgUrl }, 'invalid_target']
  }
  for (const [title, [changes, error]] of Object.entries(refused)) t.match(await refusalOf(idJagOf(agent, changes)), { error }, title)
  localOkta.users.setStatus('ada@example.com', 'SUSPENDED')
  t.match(await refusalOf(idJagOf(agent)), { error: 'invalid_grant' }, 'a user who may not sign in')
})

t.test('a server takes only an ID-JAG that is for it, from the app that it was issued to', async (t) => {
  const agent = await startWithAgent(t)
  const { localOkta, resource, idToken } = agent
  const refuse = async (assertion: string, changes: Record<string, string> = {}, configuration = resource): Promise<unknown> =>
    refusalOf(client.genericGrantRequest(configuration, JWT_BEARER, { assertion, ...changes }))
  t.match(await refuse('x'), { error: 'invalid_grant' }, 'no JWT')
  t.match(await refuse(idToken), { error: 'invalid_grant' }, 'an ID token is not an ID-JAG')
  t.match(await refuse(await localOkta.mintAccessToken()), { error: 'invalid_grant' }, 'nor is an access token')
  t.match(await refuse(await idJagOf(agent), {}, await discover(localOkta.issuer, OTHER)), { error: 'invalid_grant' }, 'of another app')
  t.match(await refuse(await idJagOf(agent), { scope: 'greet profile:write email' }), { error: 'invalid_scope' })
  t.match(await refuse(await idJagOf(agent, { scope: 'greet' }), { scope: 'profile:write' }), { error: 'invalid_scope' }, 'more than the ID-JAG has')
  const late = await idJagOf(agent)
  localOkta.clock.advance(301_000)
  t.match(await refuse(late), { error: 'invalid_grant', error_description: 'The assertion is expired.' })
  localOkta.clock.reset()
  const { status } = await fetch(`${localOkta.issuer}/v1/userinfo`, { headers: { authorization: `Bearer ${await idJagOf(agent)}` } })
  t.equal(status, 401, 'and an ID-JAG is never an access token')
})

t.test('with a DPoP proof the access token for an ID-JAG is bound to the key', async (t) => {
  const agent = await startWithAgent(t)
  const DPoP = client.getDPoPHandle(agent.resource, await client.randomDPoPKeyPair())
  const tokens = await client.genericGrantRequest(agent.resource, JWT_BEARER, { assertion: await idJagOf(agent) }, { DPoP })
  t.equal(tokens.token_type, 'dpop')
  t.match(decodeJwt(tokens.access_token), { cnf: { jkt: /^[\w-]{43}$/ } })
})
