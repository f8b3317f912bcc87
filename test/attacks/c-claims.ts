import type { Attack } from './attack.js'
import { appendMembers, published, rsa } from './forgery.js'
import { nextKey as other, usualKey as main } from '../kit/signing-key.js'
import { ADA, AUDIENCE, CLIENT, GROUP } from '../kit/access-token.js'
import { clientsKey } from '../kit/dpop-proof.js'
import type { Issuer } from '../kit/issuer.js'
import { prove, PUBLIC_URL, startIssuer, startPlugin } from './target.js'
import { nowSeconds } from '../kit/clock.js'

type Claims = Readonly<Record<string, unknown>>

/** A token for each of these changes to the claims. */
const each = (issuer: Issuer, changes: Readonly<Record<string, Claims>>): Record<string, string> =>
  Object.fromEntries(Object.entries(changes).map(([title, claims]) => [title, issuer.mint({ claims })]))

/** A token for each value of one claim. */
const values = (issuer: Issuer, claim: string, list: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(list.map(value => [`${claim}: ${JSON.stringify(value)?.slice(0, 60) ?? 'missing'}`, issuer.mint({ claims: { [claim]: value } })]))

/** A token for each piece of JSON in the place of one claim, as it stands. */
const texts = (issuer: Issuer, claim: string, list: readonly string[]): Record<string, string> =>
  Object.fromEntries(list.map(text => [`${claim}: ${text}`, issuer.mint({ claimsText: appendMembers(issuer.claims({ [claim]: undefined }), `"${claim}":${text}`) })]))

const OTHER_TYPES: readonly unknown[] = [null, [], {}, true, false, ['1'], { valueOf: 1 }]

export const CLAIMS: readonly Attack[] = [
  {
    number: 51,
    title: 'An exp that is not a number is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'exp', [...OTHER_TYPES, undefined, '9999999999', 'never', '', [nowSeconds() + 60]])
  },
  {
    number: 52,
    title: 'An exp may have a fraction',
    expected: 'OK',
    tokens: issuer => values(issuer, 'exp', [nowSeconds() + 100.5, nowSeconds() + 60.999999])
  },
  {
    number: 52,
    title: 'A fraction of the past is the past',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'exp', [nowSeconds() - 0.5, nowSeconds() - 60.25])
  },
  {
    number: 53,
    title: 'An exp that no clock will show is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => texts(issuer, 'exp', ['1e308', '1e400', '-1e400', '-1', '-0', '0', '1e21', '9223372036854775808', '18446744073709551616', '1e-400', String(nowSeconds() + 86_400 * 30)])
  },
  {
    number: 54,
    title: 'An exp in milliseconds is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'exp', [Date.now() + 3_600_000])
  },
  {
    number: 55,
    title: 'A token before its time is refused, and one with a malformed nbf',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'nbf', [...OTHER_TYPES, nowSeconds() + 60, nowSeconds() + 1e9, String(nowSeconds() - 60), '', -1, Date.now()])
  },
  {
    number: 56,
    title: 'A token of the future, or of no time, is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      ...values(issuer, 'iat', [...OTHER_TYPES, undefined, nowSeconds() + 120, Date.now(), String(nowSeconds()), -1]),
      ...texts(issuer, 'iat', ['1e400', '-1e400', '1e21'])
    })
  },
  {
    number: 57,
    title: 'A token that lives longer than any is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => each(issuer, {
      'issued two days ago': { iat: nowSeconds() - 2 * 86_400 },
      'issued at the epoch': { iat: 0 },
      'issued at minus nothing': { iat: -0 }
    })
  },
  {
    number: 58,
    title: 'An iss that is not a string is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'iss', [...OTHER_TYPES, undefined, '', [issuer.url], { toString: issuer.url }, [[issuer.url]]])
  },
  {
    number: 59,
    title: 'An iss that only means the same is another',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'iss', [
      issuer.url.replace('http:', 'HTTP:'), issuer.url.replace('127.0.0.1', '127.1'), issuer.url.replace('127.0.0.1', 'localhost'), `${issuer.url}/`, `${issuer.url}?`, `${issuer.url}#`,
      issuer.url.replace('default', '%64efault'), issuer.url.replace('/oauth2', '/x/../oauth2'), issuer.url.replace('/oauth2', '//oauth2'), issuer.url.replace('default', 'Default'), ` ${issuer.url}`, `${issuer.url}\n`, `${issuer.url}\0`
    ])
  },
  {
    number: 60,
    title: 'An iss that looks the same is another',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'iss', [
      issuer.url.replace('default', 'dеfault'), issuer.url.replace('oauth2', 'ｏauth2'), `${issuer.url}\u200b`, issuer.url.replace('127', '１２７'), 'http://xn--127-0d0d.0.0.1/oauth2/default', issuer.url.replace('http', 'ht\u00adtp')
    ])
  },
  {
    number: 61,
    title: 'A token of the org authorization server is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'iss is the org': issuer.mint({ claims: { iss: issuer.origin } }),
      'as Okta makes it': issuer.mint({ claims: { iss: issuer.origin, aud: issuer.origin }, header: { typ: 'application/okta-internal-at+jwt' } }),
      'its type with our iss': issuer.mint({ header: { typ: 'application/okta-internal-at+jwt' } })
    })
  },
  {
    number: 62,
    title: 'A token of a sibling server of the same org is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'iss', [issuer.url.replace('default', 'aus1sibling'), issuer.url.replace('default', 'defaul'), `${issuer.url}2`])
  },
  {
    number: 62,
    title: 'Each issuer\'s keys are for its own tokens',
    run: async t => {
      const [one, two] = [await startIssuer(t), await startIssuer(t)]
      one.keySet = { keys: [published(main)] }
      two.keySet = { keys: [published(other)] }
      const { get } = await startPlugin(t, {
        issuer: one,
        options: { issuers: [one, two].map(({ url }, i) => ({ issuer: url, audience: `api://${i}` })) },
        routes: app => { app.get('/me', { onRequest: app.okta.authenticate }, async () => 'in') }
      })
      const statusOf = async (token: string): Promise<number> => (await get('/me', token)).status
      const [forOne, forTwo] = [{ aud: 'api://0' }, { aud: 'api://1' }]
      t.equal(await statusOf(one.mint({ claims: forOne })), 200)
      t.equal(await statusOf(two.mint({ key: other, claims: forTwo })), 200)
      t.equal(await statusOf(one.mint({ key: other, claims: forOne })), 401, 'the second\'s key for the first\'s token')
      t.equal(await statusOf(two.mint({ claims: forTwo })), 401, 'the first\'s key for the second\'s token')
      t.equal(await statusOf(one.mint({ claims: forTwo })), 401, 'the second\'s audience in the first\'s token')
      t.equal(await statusOf(one.mint({ claims: { ...forOne, iss: [one.url, two.url] } })), 401, 'two issuers at once')
    }
  },
  {
    number: 63,
    title: 'Nothing is fetched for an issuer that is not known',
    run: async t => {
      const [known, unknown] = [await startIssuer(t), await startIssuer(t)]
      const { get } = await startPlugin(t, {
        issuer: known,
        options: { issuers: [{ issuer: known.url, audience: AUDIENCE }, { issuer: `${known.origin}/oauth2/second`, audience: AUDIENCE }] },
        routes: app => { app.get('/me', { onRequest: app.okta.authenticate }, async () => 'in') }
      })
      const before = known.requestLines.length
      for (const iss of [unknown.url, `${known.url}@${new URL(unknown.origin).host}`, '__proto__', 'constructor']) {
        t.equal((await get('/me', known.mint({ claims: { iss } }))).status, 401, iss)
      }
      t.equal(unknown.requestLines.length, 0)
      t.equal(known.requestLines.length, before)
    }
  },
  {
    number: 64,
    title: 'Issuer and kid do not run together',
    run: async t => {
      const issuer = await startIssuer(t)
      issuer.faults.set('/oauth2/a/v1/keys', (_request, response) => { response.end(JSON.stringify({ keys: [published(main, { kid: 'b:c' }), published(main, { kid: 'b/c' })] })) })
      issuer.faults.set('/oauth2/a:b/v1/keys', (_request, response) => { response.end(JSON.stringify({ keys: [published(other, { kid: 'c' })] })) })
      const names = ['a', 'a:b'].map(server => `${issuer.origin}/oauth2/${server}`)
      const { get } = await startPlugin(t, {
        issuer,
        options: { issuers: names.map(name => ({ issuer: name, audience: AUDIENCE })) },
        routes: app => { app.get('/me', { onRequest: app.okta.authenticate }, async () => 'in') }
      })
      const statusOf = async (iss: string | undefined, kid: string, pair = main): Promise<number> => (await get('/me', issuer.mint({ claims: { iss }, header: { kid }, sign: rsa(pair) }))).status
      t.equal(await statusOf(names[0], 'b:c'), 200)
      t.equal(await statusOf(names[1], 'c'), 401, 'the key of the first under the second')
      t.equal(await statusOf(names[1], 'c', other), 200)
      t.equal(await statusOf(names[0], 'b:c', other), 401, 'the key of the second under the first')
    }
  },
  {
    number: 65,
    title: 'A token without an audience is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'aud', [undefined, null, '', [], [''], {}, true, 1, [null], [{}]])
  },
  {
    number: 66,
    title: 'A token that is for others as well passes',
    expected: 'OK',
    tokens: issuer => values(issuer, 'aud', [[AUDIENCE, 'api://other'], ['api://other', AUDIENCE], [AUDIENCE]])
  },
  {
    number: 67,
    title: 'A part of the audience, or more than it, is another',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'aud', ['api://default2', 'api://def', 'api', `${AUDIENCE} api://other`, `${AUDIENCE},api://other`, ['api://default2'], [[AUDIENCE]], [AUDIENCE, 1], ['api://', 'default'], AUDIENCE.split('')])
  },
  {
    number: 68,
    title: 'So is one in other letters, or with a slash',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'aud', ['API://DEFAULT', 'api://Default', `${AUDIENCE}/`, ` ${AUDIENCE}`, `${AUDIENCE}\n`, `${AUDIENCE}\0`, 'api://dеfault'])
  },
  {
    number: 69,
    title: 'An ID token is not an access token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => each(issuer, {
      'as Okta makes it': { aud: '0oaclient00000000001', jti: 'ID.abcdef', cid: undefined, scp: undefined, uid: undefined, nonce: 'n', at_hash: 'h', amr: ['pwd'], idp: '00oidp' },
      'with the type of an access token': { aud: '0oaclient00000000001', jti: 'ID.abcdef', nonce: 'n' }
    })
  },
  {
    number: 70,
    title: 'Nor is it where the client has the name of the audience',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => each(issuer, {
      'as Okta makes it': { jti: 'ID.abcdef', cid: undefined, scp: undefined, uid: undefined, nonce: 'n', at_hash: 'h' },
      'with another jti': { jti: 'x', cid: undefined, scp: undefined, amr: ['pwd'] },
      'without a sign but that cid is missing': { cid: undefined },
      'with a jti that says so': { jti: 'ID.abcdef' }
    })
  },
  {
    number: 71,
    title: 'A logout token, or a security event, is not an access token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      ...each(issuer, {
        'a logout token': { events: { 'http://schemas.openid.net/event/backchannel-logout': {} }, cid: undefined, scp: undefined },
        'events in an access token': { events: {} },
        'events of null': { events: null }
      }),
      'by its type': issuer.mint({ header: { typ: 'secevent+jwt' } })
    })
  },
  {
    number: 72,
    title: 'A token without a subject is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({ ...values(issuer, 'sub', [undefined, null, '', 1, [], {}, ['ada@example.com']]), ...values(issuer, 'uid', [null, '', 1, [], {}, [ADA]]), ...values(issuer, 'jti', [undefined, null, '', 1]), ...values(issuer, 'ver', [undefined, '1', 2, 0, null, [1], true]) })
  },
  {
    number: 73,
    title: 'A token of a client that is not allowed is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: { okta: () => ({ clientIds: [CLIENT] }) },
    tokens: issuer => values(issuer, 'cid', [undefined, null, '', `${CLIENT.slice(0, -1)}8`, CLIENT.slice(0, -1), `${CLIENT}1`, CLIENT.toUpperCase(), [CLIENT], 1])
  },
  {
    number: 74,
    title: 'Scopes are members of an array, and nothing else grants any',
    expected: 'FST_OKTA_INSUFFICIENT_SCOPE',
    requests: ({ issuer }) => Object.fromEntries([
      { scp: 'profile:write' }, { scp: 'openid profile:write' }, { scp: undefined, scope: 'profile:write' }, { scp: ['openid profile:write'] }, { scp: null }, { scp: { 0: 'profile:write' } },
      { scp: 1 }, { scp: [['profile:write']] }, { scp: [{ toString: 'profile:write' }] }, { scp: { 'profile:write': true } }, { scp: ['PROFILE:WRITE'] }, { scp: ['profile:*'] }, { scp: ['profile'] }
    ].map(claims => [JSON.stringify(claims), patch(issuer, claims)]))
  },
  {
    number: 75,
    title: 'Scopes are not split at tabs, newlines or anything else',
    expected: 'FST_OKTA_INSUFFICIENT_SCOPE',
    requests: ({ issuer }) => Object.fromEntries(['profile:write\t', 'profile:write\n', '\tprofile:write', 'openid,profile:write', 'profile:write ', '', ' ', 'profile:write\0', 'profile:wrіte', 'profile：write'].map(scope =>
      [JSON.stringify(scope), patch(issuer, { scp: [scope, scope, ''] })]))
  },
  {
    number: 76,
    title: 'A client without a user is in no group',
    expected: 'FST_OKTA_GROUP_REQUIRED',
    at: '/greet',
    tokens: issuer => each(issuer, {
      'without groups': { uid: undefined, sub: '0oaclient00000000001', groups: undefined },
      'with groups that its token claims': { uid: undefined, sub: '0oaclient00000000001' }
    })
  },
  {
    number: 77,
    title: 'A groups claim that is not an array of strings holds no group',
    expected: 'FST_OKTA_GROUP_REQUIRED',
    at: '/greet',
    tokens: issuer => values(issuer, 'groups', [undefined, null, GROUP, `x ${GROUP} y`, {}, { 0: GROUP, length: 1 }, { [GROUP]: true }, 1, true, [], [[GROUP]], [{ name: GROUP }], [null], [{ toString: GROUP }]])
  },
  {
    number: 78,
    title: 'A group that looks the same is another',
    expected: 'FST_OKTA_GROUP_REQUIRED',
    at: '/greet',
    tokens: issuer => values(issuer, 'groups', ['fastify okta', 'FASTIFY OKTA', 'Fastify Okta ', ' Fastify Okta', 'Fastify\u00a0Okta', 'Fastify\u200d Okta', 'Ｆastify Okta', 'Fаstify Okta', 'Fastify Оkta', 'Fastify Okta\u0301', 'Fastify\tOkta', 'Fastify  Okta', 'Fastify Okta\0', 'Fastify Okta\u200b', 'Fastıfy Okta'].map(name => [name]))
  },
  {
    number: 79,
    title: 'A group that holds another\'s name is not that one',
    expected: 'FST_OKTA_GROUP_REQUIRED',
    at: '/greet',
    tokens: issuer => values(issuer, 'groups', [`A,${GROUP}`, `${GROUP},A`, `A;${GROUP}`, `${GROUP}\nA`, `["${GROUP}"]`, `A|${GROUP}`, `${GROUP}/A`].map(name => [name]))
  },
  {
    number: 80,
    title: 'Where there is a directory, what a token claims of groups is nothing',
    target: { directory: {}, prepare: ({ users }) => { users.set(ADA, { id: ADA, groups: ['Everyone'] }) } },
    expected: 'FST_OKTA_GROUP_REQUIRED',
    mayFetch: true,
    at: '/greet',
    tokens: issuer => each(issuer, { 'groups of the token': {}, 'the group\'s id': { groups: ['00g00000000000000000'] } })
  },
  {
    number: 81,
    title: 'A claim cannot reach a prototype',
    run: async (t, { get, issuer }) => {
      for (const more of ['"__proto__":{"polluted":true}', '"a":{"__proto__":{"polluted":true}}', '"constructor":{"prototype":{"polluted":true}}', '"\\u005f_proto__":{"polluted":true}', '"a":[{"constructor":{"prototype":{"polluted":true}}}]']) {
        const { status } = await get('/me', issuer.mint({ claimsText: appendMembers(issuer.claims(), more) }))
        t.ok(status === 200 || status === 401, more)
        t.notOk('polluted' in {}, 'no object is any different')
      }
    }
  },
  {
    number: 82,
    title: 'A claim that has the name of a method is only a claim',
    expected: 'OK',
    tokens: issuer => each(issuer, Object.fromEntries(['then', 'toString', 'valueOf', 'hasOwnProperty', 'length', 'catch'].map(name => [name, { [name]: 'x' }])))
  },
  {
    number: 82,
    title: 'A claim that has the name of one of njwt\'s own members does no harm',
    why: 'njwt cannot read a claim of such a name, so that the cross-check fails: the token is refused, which is safe',
    expected: ['OK', 'FST_OKTA_INVALID_TOKEN'],
    tokens: issuer => each(issuer, Object.fromEntries(['toJSON', 'constructor', 'compact'].map(name => [name, { [name]: 'x' }])))
  },
  {
    number: 83,
    title: 'A sign-in of an unknown time is not recent',
    target: { routes: app => { app.get('/recent', { onRequest: app.okta.requireAuthentication({ maxAgeSeconds: 60 }) }, async () => 'in') } },
    expected: 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION',
    at: '/recent',
    tokens: issuer => values(issuer, 'auth_time', [undefined, null, String(nowSeconds()), '', nowSeconds() - 120, nowSeconds() + 3600, Date.now(), [], {}, true, -1, [nowSeconds()]])
  },
  {
    number: 83,
    title: 'A sign-in of another strength does not do',
    target: { routes: app => { app.get('/strong', { onRequest: app.okta.requireAuthentication({ acr: 'phr' }) }, async () => 'in') } },
    expected: 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION',
    at: '/strong',
    tokens: issuer => values(issuer, 'acr', [undefined, null, 'urn:okta:loa:2fa:any', 'PHR', 'phr ', 'phr phrh', ['phr'], { phr: 1 }, 3, 'phrhx', '__proto__'])
  },
  {
    number: 84,
    title: 'A bound token does not pass as a bearer token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => each(issuer, { 'cnf.jkt': { cnf: { jkt: clientsKey.thumbprint } } })
  },
  {
    number: 84,
    title: 'Nor does it with a proof beside it',
    expected: 'FST_OKTA_INVALID_TOKEN',
    requests: ({ issuer }) => {
      const token = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
      return { 'Bearer and DPoP': { headers: [['Authorization', `Bearer ${token}`], ['DPoP', prove(token)]] } }
    }
  },
  {
    number: 84,
    title: 'Nor does it where DPoP is off',
    target: { plugin: { publicUrl: PUBLIC_URL, dpop: { mode: 'off' } } },
    expected: ['FST_OKTA_INVALID_TOKEN', 'FST_OKTA_MISSING_CREDENTIALS'],
    requests: ({ issuer }) => {
      const token = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
      return { 'as Bearer': { headers: [['Authorization', `Bearer ${token}`]] }, 'as DPoP': { headers: [['Authorization', `DPoP ${token}`], ['DPoP', prove(token)]] } }
    }
  },
  {
    number: 85,
    title: 'A confirmation that is not understood is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => values(issuer, 'cnf', [
      clientsKey.thumbprint, '', null, {}, [], { jkt: 1 }, { jkt: '' }, { jkt: null }, { jkt: [clientsKey.thumbprint] }, { jkt: `${clientsKey.thumbprint}=` }, { JKT: clientsKey.thumbprint },
      { 'x5t#S256': clientsKey.thumbprint }, { jkt: clientsKey.thumbprint, 'x5t#S256': clientsKey.thumbprint }, { jwk: clientsKey.jwk }, { kid: main.kid }, true, 0
    ])
  }
]

function patch (issuer: Issuer, claims: Claims): { method: string, target: string, headers: ReadonlyArray<readonly [string, string]>, body: string } {
  return {
    method: 'PATCH',
    target: '/me',
    headers: [['Authorization', `Bearer ${issuer.mint({ claims })}`], ['Content-Type', 'application/json']],
    body: '{"nickName":"x"}'
  }
}
