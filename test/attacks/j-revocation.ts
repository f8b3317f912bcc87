import type { Test } from 'tap'
import type { Attack } from './attack.js'
import type { Answer, Message } from './connection.js'
import { expectAnswer, type Outcome } from './expectation.js'
import { bearer, EVENT_HOOK_SECRET, PUBLIC_URL, type Target, type TargetOptions } from './target.js'
import { ADA, mint, type TokenDifference } from '../kit/access-token.js'
import { delivery, oktaEvent } from '../kit/event-hook.js'
import { eventually } from '../kit/eventually.js'
import { hangUp, type Issuer } from '../kit/issuer.js'
import { LOGOUT_CLIENT, LOGOUT_URL, logoutToken, orgKey, securityEventToken, SESSION_REVOKED, sessionRevoked, STREAM_AUDIENCE } from '../kit/messages.js'
import { createSigningKey, usualKey } from '../kit/signing-key.js'
import { nowSeconds } from '../kit/clock.js'

const STREAM_SECRET = 'the-secret-of-the-stream-of-this-test-00'
const OTHER_ORG = 'https://other.okta.com'
const thief = createSigningKey('org')

/** A service that takes all messages, from an org whose directory knows Ada. */
const RECEIVER: TargetOptions = {
  directory: { userCacheTtlMs: 600_000 },
  plugin: { publicUrl: PUBLIC_URL, universalLogout: { clientId: LOGOUT_CLIENT }, securityEvents: { audience: STREAM_AUDIENCE, authorization: STREAM_SECRET } }
}

const subjectOf = ({ origin }: Issuer, sub = ADA): Record<string, unknown> => ({ format: 'iss_sub', iss: origin, sub })

function logOut ({ issuer }: Target, credential?: string, body: unknown = { sub_id: subjectOf(issuer) }): Message {
  return {
    method: 'POST',
    target: '/okta/universal-logout',
    headers: [['Content-Type', 'application/json'], ...(credential === undefined ? [] : [bearer(credential)])],
    body: typeof body === 'string' ? body : JSON.stringify(body)
  }
}

function push (token: string, authorization: string | null = STREAM_SECRET): Message {
  return {
    method: 'POST',
    target: '/okta/security-events',
    headers: [['Content-Type', 'application/secevent+jwt'], ...(authorization === null ? [] : [['Authorization', authorization] as const])],
    body: token
  }
}

/** The status of a token of Ada's that was issued, and whose user signed in, at these times. */
async function statusOf ({ get, issuer }: Target, iat: number, signedInAt = iat): Promise<number> {
  return (await get('/me', issuer.mint({ claims: { iat, auth_time: signedInAt } }))).status
}

/** Ada's tokens are as good as before, and she has not been read again. */
async function expectNoEffect (t: Test, target: Target, title: string): Promise<void> {
  t.equal(await statusOf(target, nowSeconds() - 60), 200, `${title}: no effect`)
}

/** Sends each, expects the outcome, and that it had no effect. */
async function expectRefused (t: Test, target: Target, messages: Readonly<Record<string, Message>>, outcomes: readonly Outcome[]): Promise<void> {
  await expectNoEffect(t, target, 'before')
  const lookups = target.issuer.count('/api/v1/users')
  for (const [title, message] of Object.entries(messages)) expectAnswer(t, title, await target.send(message), { outcomes })
  await expectNoEffect(t, target, 'afterwards')
  t.equal(target.issuer.count('/api/v1/users'), lookups, 'nobody is looked up')
}

/** Sends each security event token, expects an error code of RFC 8935, and that it had no effect. */
async function expectErr (t: Test, target: Target, tokens: Readonly<Record<string, Message>>, errs: readonly string[]): Promise<void> {
  for (const [title, message] of Object.entries(tokens)) {
    const answer = await target.send(message)
    t.equal(answer.status, 400, title)
    const { err, description, ...more } = JSON.parse(answer.body) as Record<string, string>
    t.ok(errs.includes(err ?? ''), `${title}: ${err}`)
    t.match([description, more], [String, {}], title)
    t.notMatch(answer.body, /00u|127\.0\.0\.1|eyJ/, `${title}: it names no value`)
    t.strictSame(answer.headers.get('cache-control'), ['no-store'], title)
  }
  await expectNoEffect(t, target, 'afterwards')
}

const changed = ({ origin }: Issuer, difference: TokenDifference): string => logoutToken(origin, difference)

export const REVOCATION: readonly Attack[] = [
  {
    title: 'J1. A credential of Universal Logout, a security event token or an ID-JAG is not an access token',
    target: RECEIVER,
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    requests: ({ issuer }) => Object.fromEntries([orgKey, usualKey].flatMap((key) =>
      ['global-token-revocation+jwt', 'secevent+jwt', 'oauth-id-jag+jwt', undefined].flatMap((typ) => {
        const messages = {
          'a logout': logoutToken(issuer.url, { header: { typ }, key, claims: { aud: issuer.url } }),
          'a security event': securityEventToken(issuer.url, {}, { header: { typ }, key, claims: { aud: 'api://default', exp: nowSeconds() + 300, sub: ADA } }),
          'an ID-JAG': mint(issuer.origin, { header: { typ }, key, claimsText: JSON.stringify({ jti: 'IDAAG.x', iss: issuer.origin, aud: issuer.url, sub: ADA, client_id: LOGOUT_CLIENT, iat: nowSeconds(), exp: nowSeconds() + 300 }) })
        }
        return Object.entries(messages).map(([title, token]) => [`${title}, typ ${typ}, key ${key.kid}`, { headers: [bearer(token)] }])
      })))
  },
  {
    title: 'J2. A good access token, or an ID token, of the user does not sign the user out',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer } = target
      const tokens = { 'access token': issuer.mint(), 'by the org\'s key': issuer.mint({ key: orgKey }), 'ID token': mint(issuer.origin, { key: orgKey, claimsText: JSON.stringify({ iss: issuer.origin, aud: LOGOUT_CLIENT, sub: ADA, iat: nowSeconds(), exp: nowSeconds() + 300, jti: 'ID.x', nonce: 'x' }) }) }
      await expectRefused(t, target, Object.fromEntries(Object.entries(tokens).map(([title, token]) => [title, logOut(target, token)])), ['FST_OKTA_INVALID_LOGOUT_TOKEN'])
    }
  },
  {
    title: 'J3. A credential without its type, or with another, is refused',
    target: RECEIVER,
    run: async (t, target) => {
      const types = [undefined, 'JWT', 'at+jwt', 'secevent+jwt', 'application/jwt', 'global-token-revocation', 7, ['global-token-revocation+jwt']]
      await expectRefused(t, target, Object.fromEntries(types.map((typ) => [String(typ), logOut(target, changed(target.issuer, { header: { typ } }))])), ['FST_OKTA_INVALID_LOGOUT_TOKEN'])
    }
  },
  {
    title: 'J4. A credential for another address than the endpoint\'s is refused, and the Host of the request does not matter',
    target: RECEIVER,
    run: async (t, target) => {
      const audiences = [
        `${LOGOUT_URL}?x=1`, `${LOGOUT_URL}#x`, `${LOGOUT_URL}/`, `${PUBLIC_URL}//okta/universal-logout`, PUBLIC_URL, LOGOUT_URL.toUpperCase(), LOGOUT_URL.replace('https', 'http'),
        `http://127.0.0.1:${target.port}/okta/universal-logout`, 'https://evil.example/okta/universal-logout', [LOGOUT_URL, 'https://evil.example'], [], '', null
      ]
      await expectRefused(t, target, Object.fromEntries(audiences.map((aud) => {
        const message = logOut(target, changed(target.issuer, { claims: { aud } }))
        return [JSON.stringify(aud), { ...message, headers: [['Host', 'evil.example'], ['X-Forwarded-Host', 'evil.example'], ...message.headers ?? []] }]
      })), ['FST_OKTA_INVALID_LOGOUT_TOKEN'])
    }
  },
  {
    title: 'J5. A credential that comes again is refused, whomever its request names',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer, send } = target
      const credential = logoutToken(issuer.origin)
      const other = { sub_id: subjectOf(issuer, '00uanother0000000001') }
      issuer.users.set('00uanother0000000001', { id: '00uanother0000000001' })
      t.equal((await send(logOut(target, credential, other))).status, 204)
      for (const body of [other, undefined]) expectAnswer(t, 'again', await send(logOut(target, credential, body)), { outcomes: ['FST_OKTA_INVALID_LOGOUT_TOKEN'] })
      await expectNoEffect(t, target, 'another user')
    }
  },
  {
    title: 'J6. A credential of another org is refused, and nothing is fetched from it',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer } = target
      const fetched = issuer.requests.length
      const issuers = [OTHER_ORG, `${issuer.origin}/`, `${issuer.url}/`, `${issuer.origin}.evil.example`, issuer.origin.replace('http', 'https'), '', null, [issuer.origin]]
      await expectRefused(t, target, Object.fromEntries(issuers.map((iss) => [JSON.stringify(iss), logOut(target, changed(issuer, { claims: { iss }, key: thief }))])), ['FST_OKTA_INVALID_LOGOUT_TOKEN'])
      await expectErr(t, target, Object.fromEntries(issuers.map((iss) => [JSON.stringify(iss), push(securityEventToken(issuer.origin, sessionRevoked(OTHER_ORG, ADA), { claims: { iss }, key: thief }))])), ['invalid_issuer'])
      t.strictSame([...new Set(issuer.requests.slice(fetched).map(({ url }) => url.split('?')[0]))].filter((url) => !url?.startsWith('/api/')), [])
    }
  },
  {
    title: 'J7. A credential that is signed by the key of access tokens is refused',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer } = target
      const credentials = { 'under its own name': { key: usualKey }, 'under that of the org\'s key': { key: usualKey, header: { kid: orgKey.kid } }, 'a key of a thief': { key: thief } }
      await expectRefused(t, target, Object.fromEntries(Object.entries(credentials).map(([title, difference]) => [title, logOut(target, changed(issuer, difference))])), ['FST_OKTA_INVALID_LOGOUT_TOKEN'])
    }
  },
  {
    title: 'J8. A user of another tenant does not stand for one of this org who has the same id',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer } = target
      const subjects = [OTHER_ORG, `${OTHER_ORG}/oauth2/default`, `${issuer.origin}/`, `${issuer.origin}/oauth2/other`].map((iss) => ({ ...subjectOf(issuer), iss }))
      await expectRefused(t, target, Object.fromEntries(subjects.map((subject) => [String(subject['iss']), logOut(target, logoutToken(issuer.origin), { sub_id: subject })])), ['FST_OKTA_UNKNOWN_SUBJECT'])
    }
  },
  {
    title: 'J9. A subject with members of two formats, or of 100 kB, is refused without a lookup',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer } = target
      const bodies = {
        'two formats': { sub_id: { ...subjectOf(issuer), email: 'ada@example.com' } },
        'an address and an id': { sub_id: { format: 'email', email: 'ada@example.com', sub: ADA } },
        'the same member twice': '{"sub_id":{"format":"email","email":"ada@example.com","email":"grace@example.com"}}',
        'an unknown format': { sub_id: { format: 'aliases', identifiers: [subjectOf(issuer)] } },
        'a prototype': '{"sub_id":{"__proto__":{"format":"opaque","id":"00uadalovelace000001"}}}',
        'a filter in the address': { sub_id: { format: 'email', email: '" or profile.login pr or profile.email eq "' } }
      }
      await expectRefused(t, target, Object.fromEntries(Object.entries(bodies).map(([title, body]) => [title, logOut(target, logoutToken(issuer.origin), body)])), ['FST_OKTA_INVALID_LOGOUT_REQUEST'])
      await expectRefused(t, target, { '100 kB': logOut(target, logoutToken(issuer.origin), { sub_id: { format: 'email', email: `${'a'.repeat(100_000)}@example.com` } }) }, [413])
    }
  },
  {
    title: 'J10. While the directory is unavailable an address is neither unknown nor signed out, and the credential stays good',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer, send } = target
      const credential = logoutToken(issuer.origin)
      const message = logOut(target, credential, { sub_id: { format: 'email', email: 'ada@example.com' } })
      issuer.faults.set('/api/v1/users', hangUp)
      expectAnswer(t, 'the directory is unavailable', await send(message), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      issuer.faults.clear()
      expectAnswer(t, 'it is back, and has no such user', await send(message), { outcomes: ['FST_OKTA_UNKNOWN_SUBJECT'] })
      await expectNoEffect(t, target, 'afterwards')
    }
  },
  {
    title: 'J11. The time of an event means the same in seconds and in milliseconds',
    run: async (t, target) => { await expectSameTime(t, target, [1, 1000]) },
    target: RECEIVER
  },
  {
    title: 'J12. A time in the future refuses no token that is issued afterwards',
    target: RECEIVER,
    run: async (t, target) => {
      const year2100 = 4_102_444_800
      const { issuer, send } = target
      const tokens = [{ event_timestamp: year2100 }, { event_timestamp: year2100 * 1000 }].map((difference) => securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, difference)))
      const last = securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, { event_timestamp: undefined }), { claims: { iat: year2100 } })
      for (const token of [...tokens, last]) t.equal((await send(push(token))).status, 202)
      t.equal((await send({ method: 'POST', target: '/okta/events', headers: [['Authorization', EVENT_HOOK_SECRET], ['Content-Type', 'application/json']], body: JSON.stringify(delivery([{ ...oktaEvent('user.session.clear', ['User', ADA]), published: '2100-01-01T00:00:00.000Z' }])) })).status, 204)
      t.strictSame([await statusOf(target, nowSeconds() - 1), await statusOf(target, nowSeconds() + 2)], [401, 200])
      await eventually(async () => await statusOf(target, nowSeconds()) === 200, 'the second of the watermark is over')
    }
  },
  {
    title: 'J13. An older event after a newer one does not let a refused token in again',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer, send } = target
      const base = nowSeconds() - 1000
      for (const seconds of [100, 0, 100]) {
        t.equal((await send(push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, { event_timestamp: base + seconds }))))).status, 202)
        t.strictSame([await statusOf(target, base + 100), await statusOf(target, base + 101)], [401, 200], String(seconds))
      }
    }
  },
  {
    title: 'J14. A subject in the event and another at the top are refused',
    target: RECEIVER,
    run: async (t, target) => {
      const { origin } = target.issuer
      const tops = [subjectOf(target.issuer, '00uanother0000000001'), { format: 'email', email: 'ada@example.com' }, { format: 'opaque', id: ADA }, { ...subjectOf(target.issuer), iss: target.issuer.url }]
      await expectErr(t, target, Object.fromEntries(tops.map((top) => [JSON.stringify(top), push(securityEventToken(origin, sessionRevoked(origin, ADA), { claims: { sub_id: top } }))])), ['invalid_request'])
    }
  },
  {
    title: 'J15. A security event token that is not signed, is signed with the public key as a secret, or brings its own key is refused',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer } = target
      const { origin } = issuer
      const fetched = issuer.requests.length
      const headers: Record<string, TokenDifference> = {
        none: { header: { alg: 'none' }, sign: () => 'AA' },
        HS256: { header: { alg: 'HS256' } },
        ES256: { header: { alg: 'ES256' } },
        jwk: { header: { jwk: thief.jwk }, key: thief },
        jku: { header: { jku: `${origin}/evil` }, key: thief },
        x5u: { header: { x5u: `${origin}/evil` }, key: thief },
        x5c: { header: { x5c: ['MIIB'] }, key: thief },
        'a kid that is a path': { header: { kid: '../../evil' }, key: thief }
      }
      await expectErr(t, target, Object.fromEntries(Object.entries(headers).map(([title, difference]) => [title, push(securityEventToken(origin, sessionRevoked(origin, ADA), difference))])), ['invalid_key'])
      t.notOk(issuer.requests.slice(fetched).some(({ url }) => url.includes('evil')))
    }
  },
  {
    title: 'J16. A security event token without the authorization of the stream is refused',
    target: RECEIVER,
    run: async (t, target) => {
      const { origin } = target.issuer
      const values = [null, '', STREAM_SECRET.slice(1), `${STREAM_SECRET}0`, STREAM_SECRET.toUpperCase(), `Bearer ${STREAM_SECRET}`, target.issuer.mint()]
      await expectErr(t, target, Object.fromEntries(values.map((value, i) => [`value ${i}`, push(securityEventToken(origin, sessionRevoked(origin, ADA)), value)])), ['authentication_failed'])
    }
  },
  {
    title: 'J17. A token of the second of the revocation, and one that was refreshed after an older sign-in, are refused',
    target: RECEIVER,
    run: async (t, target) => {
      const { issuer, send } = target
      const at = nowSeconds() - 100
      t.equal((await send(push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, { event_timestamp: at }))))).status, 202)
      t.strictSame([await statusOf(target, at), await statusOf(target, at + 50, at), await statusOf(target, at + 50, at - 50), await statusOf(target, at + 1)], [401, 401, 401, 200])
    }
  },
  {
    title: 'A flood of messages that are not Okta\'s causes no more than one fetch of keys for each cooldown, and no lookup',
    target: { ...RECEIVER, plugin: { ...RECEIVER.plugin, keysCooldownMs: 600_000 } },
    run: async (t, target) => {
      const { issuer, send } = target
      const fetches = (): number => issuer.count('/oauth2/v1/keys')
      await send(logOut(target, changed(issuer, { header: { kid: 'first' } })))
      const before = fetches()
      const lookups = issuer.count('/api/v1/users')
      const answers: Answer[] = await Promise.all(Array.from({ length: 200 }, async (_, i) => await send(i % 2 === 0 ? logOut(target, changed(issuer, { header: { kid: `kid-${i}` } })) : push(securityEventToken(issuer.origin, { [SESSION_REVOKED]: {} }, { header: { kid: `kid-${i}` } })))))
      t.strictSame([...new Set(answers.map(({ status }) => status))].sort(), [400, 401])
      t.equal(fetches(), before)
      t.equal(issuer.count('/api/v1/users'), lookups)
    }
  }
]

/** Events of the same moment, in each unit: all raise the same watermark. */
async function expectSameTime (t: Test, target: Target, factors: readonly number[]): Promise<void> {
  const { issuer, send } = target
  const at = nowSeconds() - 500
  for (const [i, factor] of factors.entries()) {
    const moment = at + i * 100
    t.equal((await send(push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, { event_timestamp: moment * factor }))))).status, 202)
    t.strictSame([await statusOf(target, moment), await statusOf(target, moment + 1)], [401, 200], `in units of 1/${factor} s`)
  }
}
