import t from 'tap'
import { AUDIENCE } from '../kit/access-token.js'
import { Issuer, json } from '../kit/issuer.js'
import { assemble, leakedKey } from './play.js'
import { Secrets } from './secrets.js'
import { buildHost, CLIENT_SECRET, impatient, impatientDirectory } from './stage.js'

t.test('what Okta answers to a service app that asks for its token gets nowhere, nor does its assertion', async t => {
  const cast = await assemble(t)
  const { issuer, audience, clients, faults } = cast.okta
  const { clientId, privateKeyJwk, scopes } = clients.management
  const directory = { clientId, scopes, privateKey: privateKeyJwk as Record<string, unknown>, ...impatientDirectory }
  const assertion = `eyJhbGciOiJSUzI1NiJ9.${'c2VjcmV0'.repeat(20)}.${'YXNzZXJ0aW9u'.repeat(20)}`
  cast.secrets.add('an assertion', assertion)
  const answers: Record<string, unknown> = {
    invalid_client: { error: 'invalid_client', error_description: 'The client_assertion token has an invalid signature.' },
    invalid_scope: { error: 'invalid_scope' },
    'the assertion in the description': { error: 'invalid_client', error_description: assertion },
    'the assertion in the error': { error: assertion },
    'a text': assertion
  }
  for (const [title, body] of Object.entries(answers)) {
    for (const status of [400, 401, 500]) {
      // From the start: a host that has got a token keeps it for an hour.
      faults.add({ path: '/oauth2/v1/token', status, body })
      const stage = await buildHost(t, cast.secrets, { ...impatient, issuer, audience, directory })
      t.equal(await stage.leakOf({ url: '/me', headers: cast.credentials['good'] ?? {} }), undefined, `${status} ${title}`)
      t.equal(await stage.leakOf({ method: 'PATCH', url: '/me', headers: cast.credentials['good'] ?? {}, payload: { nickName: 'x' } }), undefined, `${status} ${title}, changing a profile`)
      t.ok(stage.log.some(isFailedLookup), `${status} ${title}: the failure is logged`)
      faults.clear()
    }
  }
})

/** A line of the log about the directory, which an operator should see. */
function isFailedLookup (line: string): boolean {
  const { level, msg } = JSON.parse(line) as { level: number, msg: string }
  return level >= 40 && /directory|Okta refuse/.test(msg)
}

t.test('what an issuer answers that is asked about a token gets nowhere, nor what it was asked with', async t => {
  const secrets = new Secrets()
  secrets.add('the client secret', CLIENT_SECRET)
  secrets.addKey('the client\'s key', leakedKey)
  const issuer = await Issuer.start(t)
  const opaque = `opaque-${'0123456789abcdefghijklmnopqrstuvwxyz'.repeat(3)}`
  const tokens = [opaque, issuer.mint()]
  for (const [i, accessToken] of tokens.entries()) secrets.add(`token ${i}`, accessToken)
  for (const credentials of [{ clientId: 'resource', clientSecret: CLIENT_SECRET }, { clientId: 'resource', privateKey: leakedKey }]) {
    const stage = await buildHost(t, secrets, { ...impatient, issuer: issuer.url, audience: AUDIENCE, introspection: { ...credentials, cacheTtlMs: 0, timeoutMs: 1000 } })
    const documents: unknown[] = [{ active: true, ...issuer.claims({ client_id: '0oa1' }) }, { active: true, aud: opaque }, {}, null, [], { active: opaque }, { error: 'invalid_client', error_description: CLIENT_SECRET }, opaque]
    for (const status of [200, 401, 500]) {
      for (const document of documents) {
        issuer.introspectionAnswer = json(status, JSON.stringify(document))
        for (const accessToken of tokens) {
          const leak = await stage.leakOf({ url: '/me', headers: { authorization: `Bearer ${accessToken}` } })
          for (const { form } of issuer.introspections.splice(0)) secrets.add('an assertion', form.get('client_assertion') ?? '')
          t.equal(leak, undefined, `${status} ${JSON.stringify(document).slice(0, 30)}`)
        }
      }
    }
    t.equal(secrets.findIn(stage.log.join('\n')), undefined, 'assertions, which are known afterwards only, are not in the log either')
  }
})

t.test('an answer that is not JSON reaches no log and no response, though it may be the token itself', async t => {
  const { okta, secrets, accessToken, credentials } = await assemble(t)
  const stage = await buildHost(t, secrets, {
    ...impatient,
    issuer: okta.issuer,
    audience: okta.audience,
    introspection: { clientId: okta.clients.service.clientId, clientSecret: CLIENT_SECRET, cacheTtlMs: 0 }
  })
  for (const [i, body] of [accessToken, `token=${accessToken}`, `{"active":${accessToken}}`, CLIENT_SECRET, `{"active":true,"token":"${accessToken}`].entries()) {
    okta.faults.add({ path: '/oauth2/default/v1/introspect', status: 200, body })
    t.equal(await stage.leakOf({ url: '/me', headers: credentials['good'] ?? {} }), undefined, `answer ${i}`)
    okta.faults.clear()
  }
})
