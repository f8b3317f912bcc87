import { setTimeout as sleep } from 'node:timers/promises'
import type { Attack } from './attack.js'
import { expectAnswer } from './expectation.js'
import { ADA, GROUP } from '../kit/access-token.js'
import { toUser } from '../kit/directory-user.js'
import { json } from '../kit/issuer.js'

const USER = `/api/v1/users/${ADA}`
const AFRESH = { userCacheTtlMs: 0, userCacheCeilingMs: 0, timeoutMs: 2000, cooldownMs: 0 }

/** Until a condition holds; a test that waits in vain ends by tap's timeout. */
async function until (condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}

export const USERS: readonly Attack[] = [
  {
    title: 'A suspended user is refused once the cache entry expires',
    target: { directory: { userCacheTtlMs: 60, cooldownMs: 1 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.mint()
      t.equal((await get('/greet', token)).status, 200)
      issuer.users.set(ADA, { id: ADA, status: 'SUSPENDED' })
      await sleep(80)
      expectAnswer(t, 'afterwards', await get('/greet', token), { outcomes: ['FST_OKTA_USER_INACTIVE'] })
      issuer.users.set(ADA, { id: ADA })
      await sleep(80)
    }
  },
  {
    title: 'An invalidation holds against a lookup that is under way',
    target: { directory: { userCacheTtlMs: 60_000, timeoutMs: 2000 } },
    run: async (t, { get, issuer, app }) => {
      let release = (): void => {}
      const late = toUser({ id: ADA })
      issuer.faults.set(USER, (request, response) => { release = () => { json(200, late)(request, response) } })
      const asking = get('/greet', issuer.mint())
      await until(() => issuer.count(USER) >= 2)
      issuer.users.set(ADA, { id: ADA, status: 'SUSPENDED' })
      issuer.faults.clear()
      app.okta.directory?.invalidate(ADA)
      release()
      expectAnswer(t, 'the request under way', await asking, { outcomes: ['FST_OKTA_USER_INACTIVE'] })
      expectAnswer(t, 'the next one', await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_USER_INACTIVE'] })
      issuer.users.set(ADA, { id: ADA })
      app.okta.directory?.invalidate(ADA)
    }
  },
  {
    title: 'A token that expires while the directory is slow does no harm',
    target: { directory: { ...AFRESH, timeoutMs: 2000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(USER, (request, response) => { setTimeout(() => { json(200, toUser({ id: ADA }))(request, response) }, 450) })
      const token = issuer.mint({ claims: { exp: Date.now() / 1000 + 0.3 } })
      expectAnswer(t, 'while it is being looked at', await get('/me', token), { outcomes: ['OK', 'FST_OKTA_INVALID_TOKEN'] })
      issuer.faults.clear()
      expectAnswer(t, 'afterwards', await get('/me', token), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
    }
  },
  {
    title: 'A group that came from elsewhere does not open the door by its name',
    target: { directory: AFRESH },
    run: async (t, { get, issuer }) => {
      for (const type of ['APP_GROUP', 'BUILT_IN', 'okta_group', '']) {
        issuer.users.set(ADA, { id: ADA, groups: [{ id: '00gimported000000000', name: GROUP, type }] })
        expectAnswer(t, type, await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_GROUP_REQUIRED'] })
      }
      for (const name of ['Fаstify Okta', 'FASTIFY OKTA', 'Fastify Okta ', 'Fastify\u00a0Okta']) {
        issuer.users.set(ADA, { id: ADA, groups: [name] })
        expectAnswer(t, name, await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_GROUP_REQUIRED'] })
      }
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    title: 'A group that is named as another\'s id is not that one',
    target: { directory: AFRESH, routes: app => { app.get('/by-id', { onRequest: app.okta.requireGroup('00gfastifyokta000001') }, async () => 'in') } },
    run: async (t, { get, issuer }) => {
      issuer.users.set(ADA, { id: ADA, groups: ['00gfastifyokta000001'] })
      expectAnswer(t, 'by name', await get('/by-id', issuer.mint()), { outcomes: ['FST_OKTA_GROUP_REQUIRED'] })
      issuer.users.set(ADA, { id: ADA, groups: [{ id: '00gfastifyokta000001', name: 'x', type: 'APP_GROUP' }] })
      expectAnswer(t, 'by id', await get('/by-id', issuer.mint()), { outcomes: ['OK'] })
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    title: 'A user that Okta does not show to this service does not stop it for the others',
    target: { directory: { userCacheTtlMs: 60_000, cooldownMs: 60_000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set('/api/v1/users/00uadministrator0001', json(403, { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action' }))
      expectAnswer(t, 'who is not shown', await get('/me', issuer.mint({ claims: { uid: '00uadministrator0001' } })), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      expectAnswer(t, 'somebody else', await get('/me', issuer.mint()), { outcomes: ['OK'] })
    },
    isLasting: true
  },
  {
    title: 'A profile of strange values is greeted or refused, and breaks nothing',
    target: { directory: AFRESH },
    run: async (t, { get, issuer }) => {
      for (const profile of [{ firstName: { x: 1 } }, { firstName: 1, lastName: [] }, { displayName: '\ud800' }, { timezone: '__proto__' }, { timezone: '../../etc/passwd' }, { timezone: 'x'.repeat(100_000) }, { timezone: ['UTC'] }, { displayName: 'a\r\nSet-Cookie: x=1' }, { displayName: '<script>' }]) {
        issuer.users.set(ADA, { id: ADA, profile })
        const { status, headers } = await get('/greet', issuer.mint())
        t.equal(status, 200, JSON.stringify(profile).slice(0, 40))
        t.notOk(headers.has('set-cookie'))
      }
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    title: 'A directory answer of another shape is an outage',
    target: { directory: AFRESH },
    run: async (t, { get, issuer }) => {
      for (const answer of ['null', '[]', '"x"', '1', '{}', '{"id":null}', `{"id":"${ADA}"}`, `{"id":"${ADA}","status":["ACTIVE"]}`, `{"id":"${ADA}","status":{"ACTIVE":1}}`]) {
        issuer.faults.set(USER, json(200, answer))
        expectAnswer(t, answer, await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      }
      issuer.faults.clear()
      for (const answer of ['null', '{}', '"x"', '[null]', '[1]', `["${GROUP}"]`, `[{"profile":{"name":"${GROUP}"}}]`, `{"0":{"type":"OKTA_GROUP","profile":{"name":"${GROUP}"}}}`]) {
        issuer.faults.set(`${USER}/groups`, json(200, answer))
        expectAnswer(t, `groups ${answer}`, await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      }
      issuer.faults.clear()
    }
  }
]
