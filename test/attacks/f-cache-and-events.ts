import type { Test } from 'tap'
import type { IntrospectionOptions } from 'fastify-okta'
import { ADA } from '../kit/access-token.js'
import { nowSeconds, stopClock } from '../kit/clock.js'
import { delivery, oktaEvent } from '../kit/event-hook.js'
import { hang, hangUp, json, type Answer, type Issuer } from '../kit/issuer.js'
import type { Attack } from './attack.js'
import type { Message } from './connection.js'
import { expectAnswer, type Outcome } from './expectation.js'
import { bearer, EVENT_HOOK_SECRET, type Target, type TargetOptions } from './target.js'

/** So long that it does not end while a test runs. */
const LONG_MS = 600_000

const INTROSPECTION = '/oauth2/default/v1/introspect'
const asking = (more: Partial<IntrospectionOptions> = {}): TargetOptions => ({
  okta: () => ({ introspection: { clientId: '0oaservice', clientSecret: 'a-secret-of-this-test', timeoutMs: 2000, ...more } as IntrospectionOptions })
})
const answered = (issuer: Issuer, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
  const { cid, scp, groups, ver, ...claims } = issuer.claims()
  return { active: true, token_type: 'Bearer', client_id: cid, scope: 'openid', username: 'ada@example.com', ...claims, ...changes }
}

/** Asks about a token that is good by its looks, and holds the answer of the service against what is expected. */
async function introspect (t: Test, title: string, { issuer, get }: Target, answering: Answer, outcome: Outcome): Promise<void> {
  issuer.faults.set(INTROSPECTION, answering)
  expectAnswer(t, title, await get('/me', issuer.mint()), { outcomes: [outcome], secrets: ['a-secret-of-this-test'] })
}

export const CACHE_AND_EVENTS: readonly Attack[] = [
  {
    number: 124,
    title: 'An answer about a token is held against the policy',
    target: asking(),
    isLasting: true,
    run: async (t, target) => {
      const { issuer } = target
      const answers: Record<string, [object | string | Answer, Outcome]> = {
        active: [answered(issuer), 'OK'],
        'not active': [{ active: false }, 'FST_OKTA_INVALID_TOKEN'],
        'not active, with claims': [answered(issuer, { active: false }), 'FST_OKTA_INVALID_TOKEN'],
        'another audience': [answered(issuer, { aud: 'api://other' }), 'FST_OKTA_INVALID_TOKEN'],
        'another issuer': [answered(issuer, { iss: 'https://evil.example' }), 'FST_OKTA_INVALID_TOKEN'],
        'no issuer': [answered(issuer, { iss: undefined }), 'FST_OKTA_INVALID_TOKEN'],
        expired: [answered(issuer, { exp: nowSeconds() - 1 }), 'FST_OKTA_INVALID_TOKEN'],
        'no exp': [answered(issuer, { exp: undefined }), 'FST_OKTA_INVALID_TOKEN'],
        'exp as a string': [answered(issuer, { exp: String(nowSeconds() + 60) }), 'FST_OKTA_INVALID_TOKEN'],
        'no client': [answered(issuer, { client_id: undefined }), 'FST_OKTA_INVALID_TOKEN'],
        'active as a string': [answered(issuer, { active: 'true' }), 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'active as a number': [answered(issuer, { active: 1 }), 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'nothing about it': [{}, 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'a list': [[], 'FST_OKTA_ISSUER_UNAVAILABLE'],
        null: ['null', 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'no JSON': ['<html>', 'FST_OKTA_ISSUER_UNAVAILABLE'],
        401: [json(401, { error: 'invalid_client' }), 'FST_OKTA_ISSUER_UNAVAILABLE'],
        429: [json(429, {}), 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'a redirect': [json(302, {}, { location: '/oauth2/default/v1/keys' }), 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'no answer': [hang, 'FST_OKTA_ISSUER_UNAVAILABLE'],
        'no connection': [hangUp, 'FST_OKTA_ISSUER_UNAVAILABLE']
      }
      for (const [title, [answer, outcome]] of Object.entries(answers)) {
        await introspect(t, title, target, typeof answer === 'function' ? answer as Answer : json(200, answer), outcome)
      }
      t.equal(issuer.fetches, 0, 'no key is fetched for an issuer that is asked')
    }
  },
  {
    number: 125,
    title: 'Every character of a token counts for the memory',
    target: {},
    run: async (t, { get, issuer }) => {
      const token = issuer.mint()
      t.equal((await get('/me', token)).status, 200)
      const signature = token.lastIndexOf('.') + 1
      for (const at of [2, 30, signature - 2, signature, signature + 40, token.length - 2]) {
        const changed = token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1)
        expectAnswer(t, `another character at ${at}`, await get('/me', changed), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      }
      expectAnswer(t, 'a part of it', await get('/me', token.slice(0, -1)), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      t.equal((await get('/me', token)).status, 200)
    }
  },
  {
    number: 126,
    title: 'A token that is remembered ends when it expires',
    target: {},
    run: async (t, { get, issuer }) => {
      const clock = stopClock(t)
      const token = issuer.mint({ claims: { exp: nowSeconds() + 60 } })
      t.equal((await get('/me', token)).status, 200)
      clock.advance(61_000)
      expectAnswer(t, 'afterwards', await get('/me', token), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
    }
  },
  {
    number: 127,
    title: 'An event, or a verification, without the secret is refused',
    expected: 403,
    requests: ({ issuer }) => {
      const authorizations: Record<string, ReadonlyArray<readonly [string, string]>> = {
        'no secret': [],
        'an empty one': [['Authorization', '']],
        'another one': [['Authorization', 'x'.repeat(EVENT_HOOK_SECRET.length)]],
        'a part of it': [['Authorization', EVENT_HOOK_SECRET.slice(0, -1)]],
        'more than it': [['Authorization', `${EVENT_HOOK_SECRET}0`]],
        'in other letters': [['Authorization', EVENT_HOOK_SECRET.toUpperCase()]],
        'as a bearer token': [bearer(EVENT_HOOK_SECRET)],
        'a good access token': [bearer(issuer.mint())],
        'it and another': [['Authorization', EVENT_HOOK_SECRET], ['Authorization', 'x']],
        'another and it': [['Authorization', 'x'], ['Authorization', EVENT_HOOK_SECRET]],
        'it twice': [['Authorization', EVENT_HOOK_SECRET], ['authorization', EVENT_HOOK_SECRET]],
        'it in a list': [['Authorization', `${EVENT_HOOK_SECRET}, ${EVENT_HOOK_SECRET}`]],
        'it in other headers': [['X-Authorization', EVENT_HOOK_SECRET], ['Proxy-Authorization', EVENT_HOOK_SECRET], ['Cookie', `authorization=${EVENT_HOOK_SECRET}`]]
      }
      return Object.fromEntries(Object.entries(authorizations).flatMap(([title, headers]) => [
        [`an event: ${title}`, eventMessage(delivery([leaves()]), headers)],
        [`a verification: ${title}`, { target: '/okta/events', headers: [...headers, ['X-Okta-Verification-Challenge', 'a-challenge']] }]
      ]))
    }
  },
  {
    number: 127,
    title: 'A forged or repeated event evicts no user',
    why: 'deliveries of the event hook are forged and replayed; for security event tokens see J5 to J16',
    target: { directory: { userCacheTtlMs: LONG_MS } },
    run: async (t, { send, get, issuer, log }) => {
      const token = issuer.mint()
      const secret = [['Authorization', EVENT_HOOK_SECRET]] as const
      const asked = async (): Promise<number> => {
        t.equal((await get('/me', token)).status, 200)
        return issuer.count('/api/v1/users/')
      }
      t.equal(await asked(), 2)
      await send(eventMessage(delivery([leaves()]), []))
      await send(eventMessage(delivery([leaves()]), [bearer(token)]))
      t.equal(await asked(), 2, 'forged')

      const verification = { target: '/okta/events', headers: [...secret, ['X-Okta-Verification-Challenge', 'a-challenge']] } as const
      for (let i = 0; i < 3; i++) t.match(await send(verification), { status: 200, body: '{"verification":"a-challenge"}' })
      t.equal(await asked(), 2, 'a verification that comes again')

      const genuine = eventMessage(delivery([leaves()]), secret)
      t.match(await send(genuine), { status: 204, body: '' })
      t.equal(await asked(), 4, 'what is genuine is heeded')
      for (let i = 0; i < 5; i++) t.equal((await send(genuine)).status, 204)
      t.equal(await asked(), 4, 'once')
      t.notMatch(log.join(''), EVENT_HOOK_SECRET.slice(0, 20))
    }
  },
  {
    number: 128,
    title: 'A flood of forged events costs Okta nothing',
    target: { directory: {} },
    run: async (t, { send, get, issuer }) => {
      await get('/me', issuer.mint())
      const before = issuer.requestLines.length
      for (let i = 0; i < 50; i++) expectAnswer(t, 'an event', await send(eventMessage(delivery([leaves()]), [])), { outcomes: [403] })
      t.equal((await get('/me', issuer.mint())).status, 200)
      t.equal(issuer.requestLines.length, before)
    }
  },
  {
    number: 128,
    title: 'A flood of events of somebody who has the secret does not multiply the calls to Okta',
    target: { directory: {} },
    run: async (t, { send, get, issuer }) => {
      const token = issuer.mint()
      const flood = async (): Promise<void> => {
        for (let i = 0; i < 10; i++) {
          const events = Array.from({ length: 200 }, () => [leaves(), oktaEvent('group.profile.update', ['UserGroup', `00g${'0'.repeat(17)}`])]).flat()
          t.equal((await send(eventMessage(delivery(events), [['Authorization', EVENT_HOOK_SECRET]]))).status, 204)
        }
      }
      await get('/me', token)
      const before = issuer.count('/api/v1/users/')
      await flood()
      t.equal(issuer.count('/api/v1/users/'), before, 'an event asks nothing')
      await Promise.all(Array.from({ length: 20 }, async () => { t.equal((await get('/me', token)).status, 200) }))
      t.equal(issuer.count('/api/v1/users/') - before, 2, 'the next requests share one lookup')

      const requests = Array.from({ length: 20 }, async () => await get('/me', token))
      await Promise.all([flood(), ...requests])
      t.ok(issuer.count('/api/v1/users/') - before <= 2 + 20 * 3 * 2, 'a request asks for its user at most three times')
    }
  }
]

/** Ada leaves the group. */
function leaves (): Record<string, unknown> {
  return oktaEvent('group.user_membership.remove', ['User', ADA], ['UserGroup', `00g${'0'.repeat(17)}`])
}

function eventMessage (body: object, headers: ReadonlyArray<readonly [string, string]>): Message {
  return { method: 'POST', target: '/okta/events', headers: [...headers, ['Content-Type', 'application/json']], body: JSON.stringify(body) }
}
