import { createHmac } from 'node:crypto'
import t from 'tap'
import { AUDIENCE, encode } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'
import { parametersOf } from './challenge.js'
import { protect, refusesToken } from './protected-resource.js'

t.test('section 2.1: tokens of type at+jwt are accepted, with the prefix application/ or without', async t => {
  const { ask } = await protect(t)
  for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT']) t.equal((await ask({ header: { typ } })).statusCode, 200, typ)
})

t.test('section 2.1: an unsigned token is refused', async t => {
  const { ask } = await protect(t)
  refusesToken(t, await ask({ header: { typ: 'at+jwt', alg: 'none' }, sign: () => '' }), 'none, without a signature')
  refusesToken(t, await ask({ header: { typ: 'at+jwt', alg: 'none' } }), 'none')
})

t.test('section 2.2: a token without any one of iss, exp, aud, sub, iat and jti is refused', async t => {
  const { ask } = await protect(t)
  for (const claim of ['iss', 'exp', 'aud', 'sub', 'iat', 'jti']) {
    refusesToken(t, await ask({ header: { typ: 'at+jwt' }, claims: { [claim]: undefined } }), claim)
  }
})

t.test('section 2.2: deviation: the client is read from cid, where Okta puts it, and client_id does not stand in for it', async t => {
  const { ask } = await protect(t)
  refusesToken(t, await ask({ claims: { cid: undefined, client_id: '0oa1a2b3c4d5e6f7g8h9' } }), 'client_id alone')
  t.equal((await ask({ claims: { client_id: undefined } })).statusCode, 200, 'cid alone')
})

t.test('section 2.2.1: when and how the user signed in is passed on with the claims', async t => {
  const { ask } = await protect(t)
  const response = await ask({ claims: { auth_time: 1_785_571_190, acr: 'urn:okta:loa:2fa:any', amr: ['mfa', 'pwd'] } })

  t.match(response.json(), { auth_time: 1_785_571_190, acr: 'urn:okta:loa:2fa:any', amr: ['mfa', 'pwd'] })
})

t.test('section 2.2.3: deviation: scopes are read from the array scp, as Okta issues them, and never from the string scope', async t => {
  const { ask } = await protect(t)
  const needed = 'profile:read profile:write'

  t.equal((await ask({ claims: { scp: ['profile:read', 'profile:write'] } }, '/write')).statusCode, 200)
  for (const claims of [{ scope: needed }, { scope: needed.split(' ') }, { scp: undefined, scope: needed }, { scp: needed }, { scp: [needed] }, { scp: { 0: 'profile:read' } }, { scp: null }]) {
    t.equal((await ask({ claims }, '/write')).statusCode, 403, JSON.stringify(claims))
  }
})

t.test('section 2.2.3.1: groups are read from the claim groups, an array of exact names', async t => {
  const { ask } = await protect(t)
  t.equal((await ask({ claims: { groups: ['Everyone', 'Greeters'] } }, '/greet')).statusCode, 200)
  for (const groups of [undefined, null, 'Greeters', 'Everyone,Greeters', ['greeters'], ['Greeters '], ['Everyone', 'Greeters,Others'], [['Greeters']], { 0: 'Greeters' }, ['Ｇreeters'], ['Gr\u0435eters']]) {
    t.equal((await ask({ claims: { groups } }, '/greet')).statusCode, 403, JSON.stringify(groups) ?? 'none')
  }
})

t.test('section 3: a client that acts for itself is the subject of its token, and no user', async t => {
  const { ask } = await protect(t)
  const claims = { sub: '0oa1a2b3c4d5e6f7g8h9', uid: undefined, auth_time: undefined }

  t.match((await ask({ claims })).json(), { sub: '0oa1a2b3c4d5e6f7g8h9', cid: '0oa1a2b3c4d5e6f7g8h9' })
  t.equal((await ask({ claims }, '/greet')).statusCode, 403, 'and in no group')
})

t.test('section 4: a token whose type is not an access token\'s is refused', async t => {
  const { ask } = await protect(t)
  for (const typ of ['id_token+jwt', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', 'at', 'application/x-at+jwt', 'application/application/at+jwt', 'at+jwt ', ' at+jwt', 'at+jwt; x=y']) {
    refusesToken(t, await ask({ header: { typ } }), typ)
  }
})

t.test('section 4: deviation: a token without typ, or of type JWT, is accepted, since Okta sets none; its claims must show that it is an access token', async t => {
  const { ask } = await protect(t)
  for (const typ of [undefined, 'JWT', 'application/jwt']) {
    t.equal((await ask({ header: { typ } })).statusCode, 200, String(typ))
    for (const claims of [{ jti: 'ID.x' }, { cid: undefined }, { ver: undefined }, { ver: 2 }, { ver: '1' }, { events: {} }]) {
      refusesToken(t, await ask({ header: { typ }, claims }), `${String(typ)} ${JSON.stringify(claims)}`)
    }
  }
})

t.test('section 4: an encrypted token is refused', async t => {
  const { ask } = await protect(t)
  const header = encode(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'at+jwt', kid: 'usual' }))
  refusesToken(t, await ask([header, 'a2V5', 'aXY', 'dGV4dA', 'dGFn'].join('.')), 'encrypted')
})

t.test('section 4: the issuer must be exactly the one whose keys are used', async t => {
  const { ask, issuer } = await protect(t)
  for (const iss of [`${issuer.url}/`, issuer.url.toUpperCase(), `${issuer.url}#`, issuer.url.replace('127.0.0.1', 'localhost')]) {
    refusesToken(t, await ask({ claims: { iss } }), iss)
  }
})

t.test('section 4: the audience must name this resource', async t => {
  const { ask } = await protect(t)
  for (const aud of ['api://other', ['api://other'], [], undefined]) refusesToken(t, await ask({ claims: { aud } }), JSON.stringify(aud) ?? 'none')
  t.equal((await ask({ claims: { aud: [AUDIENCE, 'api://other'] } })).statusCode, 200)
})

t.test('section 4: the signature must be by a key of the issuer\'s', async t => {
  const { ask, issuer } = await protect(t)
  const pem = issuer.key.publicKey.export({ type: 'spki', format: 'pem' })

  refusesToken(t, await ask({ key: foreignKey }), 'by a stranger')
  refusesToken(t, await ask({ key: foreignKey, header: { kid: 'usual' } }), 'by a stranger, under the issuer\'s kid')
  refusesToken(t, await ask({ header: { alg: 'HS256' }, sign: input => createHmac('sha256', pem).update(input).digest('base64url') }), 'by the public key')
})

t.test('section 4: a key that the issuer has withdrawn is not used, also for tokens that were accepted before', async t => {
  const issuer = await Issuer.start(t)
  const { ask } = await protect(t, { issuer, plugin: { keysCooldownMs: 1, keysTtlMs: 1 } })
  const accessToken = issuer.mint()
  t.equal((await ask(accessToken)).statusCode, 200)
  issuer.keys = [foreignKey.jwk]
  let response = await ask(accessToken)
  for (let i = 0; i < 100 && response.statusCode === 200; i++) response = await ask(accessToken)

  refusesToken(t, response, 'once the keys were fetched again')
})

t.test('section 4: the time of the request must be before exp', async t => {
  const { ask } = await protect(t)
  const now = Math.floor(Date.now() / 1000)
  refusesToken(t, await ask({ claims: { iat: now - 3600, exp: now - 1 } }), 'a second ago')
})

t.test('section 4: errors are answered as RFC 6750 section 3.1 says', async t => {
  const { ask } = await protect(t)
  refusesToken(t, await ask({ claims: { aud: 'api://other' } }), 'invalid_token')
  t.equal(parametersOf((await ask({}, '/write')).headers['www-authenticate'])?.['error'], 'insufficient_scope')
})

t.test('section 4: roles, groups and scopes in a token are the beginning of a decision, and wrong shapes of them grant nothing', async t => {
  const { ask } = await protect(t)
  for (const claims of [{ groups: { includes: 'Greeters' } }, { groups: [{ name: 'Greeters' }] }, { roles: ['Greeters'], entitlements: ['Greeters'] }]) {
    t.equal((await ask({ claims }, '/greet')).statusCode, 403, JSON.stringify(claims))
  }
})

t.test('section 5: an ID token of the same issuer is refused', async t => {
  const { ask } = await protect(t)
  refusesToken(t, await ask({ claims: { jti: 'ID.x', aud: '0oa1a2b3c4d5e6f7g8h9', cid: undefined, scp: undefined, nonce: 'n' } }), 'for the client')
  refusesToken(t, await ask({ claims: { jti: 'ID.x' } }), 'with all that an access token has')
})

t.test('section 6: deviation: claims are not encrypted; they reach the handler, and only the handler', async t => {
  const { ask } = await protect(t)
  const refused = await ask({ claims: { aud: 'api://other', sub: 'ada-the-secret@example.com' } })

  t.notMatch(JSON.stringify([refused.body, refused.headers]), /ada-the-secret/)
})
