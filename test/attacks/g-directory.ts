import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Attack } from './attack.js'
import { expectAnswer } from './expectation.js'
import { ADA, AUDIENCE } from '../kit/access-token.js'
import { hang, hangUp, json, type Answer } from '../kit/issuer.js'
import { toGroups, toUser } from '../kit/directory-user.js'
import { GROUP } from '../kit/access-token.js'
import { nextKey } from '../kit/signing-key.js'
import { published } from './forgery.js'
import { API_TOKEN, startIssuer, startPlugin, startTarget, type Target } from './target.js'

const USER = `/api/v1/users/${ADA}`
const GROUPS = `${USER}/groups`
const TIMEOUT_MS = 2000
/** Every user is read again, and no request waits long. */
const DIRECTORY = { userCacheTtlMs: 0, userCacheCeilingMs: 0, timeoutMs: TIMEOUT_MS, cooldownMs: 0 }
/** A list of groups at a page's worth each is read in this many requests at most. */
const MAX_PAGES = 200

async function expectOutage (t: Test, title: string, { issuer, get }: Target, path: string, answering: Answer): Promise<void> {
  issuer.faults.set(path, answering)
  expectAnswer(t, title, await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'], secrets: [ADA] })
  issuer.faults.clear()
}

/** A page of groups that says there is another. */
const page = (groups: readonly object[], next: string): Answer => json(200, groups, { link: `<${next}>; rel="next"` })

export const DIRECTORY_ATTACKS: readonly Attack[] = [
  {
    number: 129,
    title: 'A user who is not active is refused, whatever the token says',
    target: { directory: DIRECTORY },
    run: async (t, { get, issuer }) => {
      for (const status of ['DEPROVISIONED', 'SUSPENDED', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'RECOVERY', 'STAGED', 'PROVISIONED', 'active', 'ACTIVE ', '', 'NEW_STATUS']) {
        issuer.users.set(ADA, { id: ADA, status })
        for (const path of ['/greet', '/me', '/']) expectAnswer(t, `${status} at ${path}`, await get(path, issuer.mint()), { outcomes: ['FST_OKTA_USER_INACTIVE'], secrets: [ADA] })
      }
      issuer.users.delete(ADA)
      for (const path of ['/greet', '/me', '/']) expectAnswer(t, `unknown at ${path}`, await get(path, issuer.mint()), { outcomes: ['FST_OKTA_USER_INACTIVE'], secrets: [ADA] })
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    number: 130,
    title: 'A 429 is obeyed, and no request waits for its end',
    target: { directory: { ...DIRECTORY, cooldownMs: 1 } },
    isLasting: true,
    run: async (t, { get, issuer }) => {
      issuer.faults.set(USER, json(429, { errorCode: 'E0000047' }, { 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000) + 40) }))
      const first = await get('/me', issuer.mint())
      expectAnswer(t, 'the first', first, { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      t.match(first.headers.get('retry-after')?.[0], /^(?:3\d|4[01])$/)
      const before = issuer.requestLines.length
      for (let i = 0; i < 5; i++) expectAnswer(t, 'another', await get('/me', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      t.equal(issuer.requestLines.length, before, 'Okta is left alone')
    }
  },
  {
    number: 130,
    title: 'One lookup serves many',
    target: { directory: { timeoutMs: TIMEOUT_MS, cooldownMs: 1 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(USER, (request, response) => { setTimeout(() => { json(200, toUser({ id: ADA }))(request, response) }, 50) })
      const answers = await Promise.all(Array.from({ length: 15 }, async () => await get('/me', issuer.mint())))
      t.ok(answers.every(({ status }) => status === 200))
      t.equal(issuer.requestLines.filter(request => request === `GET ${USER}`).length, 1)
      issuer.faults.clear()
    }
  },
  {
    number: 130,
    title: 'Cached users are let in during a 429',
    target: { directory: { userCacheTtlMs: 1, timeoutMs: TIMEOUT_MS, cooldownMs: 1 } },
    run: async (t, { get, issuer }) => {
      t.equal((await get('/me', issuer.mint())).status, 200)
      issuer.faults.set(USER, json(429, {}, { 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000) + 40) }))
      await sleep(5)
      for (let i = 0; i < 3; i++) t.equal((await get('/me', issuer.mint())).status, 200)
      t.equal(issuer.requestLines.filter(request => request === `GET ${USER}`).length, 2, 'Okta was asked once more')
      issuer.faults.clear()
    }
  },
  {
    number: 131,
    title: 'A uid that is a path reaches nothing',
    target: { directory: DIRECTORY },
    run: async (t, { get, send, issuer }) => {
      // The service checks at start that it can read the directory. /readyz answers once that is done.
      t.equal((await send({ target: '/readyz' })).status, 200)
      const before = issuer.requestLines.length
      for (const uid of ['../groups', '..', '.', '/', `${ADA}/groups`, `${ADA}?x=1`, `${ADA}#`, '%2e%2e', `${ADA}%2f..`, `${ADA}\n`, `${ADA} `, 'a@b', ';', '\\', 'ａ', '', 'x'.repeat(65), `@evil.example/${ADA}`, 'me/../..', '00u\u0000'].filter(Boolean)) {
        expectAnswer(t, JSON.stringify(uid), await get('/greet', issuer.mint({ claims: { uid } })), { outcomes: ['FST_OKTA_USER_INACTIVE'], secrets: [uid] })
      }
      t.strictSame(issuer.requestLines.slice(before), [], 'the directory is not asked')
    }
  },
  {
    number: 132,
    title: 'A login does not pass for an id',
    target: { directory: DIRECTORY },
    run: async (t, { get, issuer }) => {
      issuer.users.set('ada', { id: ADA }).set('me', { id: ADA }).set('00uADALOVELACE000001', { id: ADA })
      for (const uid of ['ada', 'me', '00uADALOVELACE000001']) expectAnswer(t, uid, await get('/greet', issuer.mint({ claims: { uid } })), { outcomes: ['FST_OKTA_USER_INACTIVE'] })
      issuer.faults.set(USER, json(200, toUser({ id: '00uanybodyelse000001' })))
      expectAnswer(t, 'the directory gives another', await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_USER_INACTIVE'] })
      issuer.faults.set(USER, json(200, { ...toUser({ id: ADA }), id: [ADA] }))
      expectAnswer(t, 'the directory gives a list', await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      issuer.faults.clear()
      expectAnswer(t, 'who the subject is plays no part', await get('/greet', issuer.mint({ claims: { sub: 'admin@example.com' } })), { outcomes: ['OK'] })
    }
  },
  {
    number: 133,
    title: 'A next page elsewhere is not fetched, and gets no credentials',
    target: { directory: DIRECTORY },
    run: async (t, target) => {
      const elsewhere = await startIssuer(t)
      const host = target.issuer.origin.replace('http://', '')
      for (const next of [`${elsewhere.origin}/api/v1/groups`, `http://${host}@${elsewhere.origin.slice(7)}/x`, `${target.issuer.origin}@evil.example/x`, 'http://169.254.169.254/latest', 'file:///etc/passwd', `https://${host}/x`]) {
        await expectOutage(t, next, target, GROUPS, page([], next))
      }
      for (const path of [USER, GROUPS]) {
        await expectOutage(t, `a redirect at ${path}`, target, path, json(302, {}, { location: `${elsewhere.origin}/x` }))
      }
      t.equal(elsewhere.requestLines.length, 0)
      t.ok(target.issuer.requests.some(({ headers }) => headers.authorization === `SSWS ${API_TOKEN}`), 'the credentials are for the org')
      t.notOk(target.log.join('').includes(API_TOKEN), 'and for nobody\'s eyes')
    }
  },
  {
    number: 134,
    title: 'Endless pages of groups are cut off',
    target: { directory: DIRECTORY },
    run: async (t, target) => {
      const { issuer } = target
      const [group = {}] = toGroups({ id: ADA })
      for (const [title, groups] of Object.entries({ 'pages of one group': [group], 'empty pages': [] })) {
        const before = issuer.count('/groups')
        issuer.faults.set(GROUPS, page(groups, `${issuer.origin}${GROUPS}?after=x`))
        expectAnswer(t, title, await target.get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
        await sleep(50)
        const atTheEnd = issuer.count('/groups')
        await sleep(100)
        t.equal(issuer.count('/groups'), atTheEnd, `${title}: once the caller has an answer nobody goes on asking`)
        t.ok(atTheEnd - before <= MAX_PAGES, `${title}: it does not take more than ${MAX_PAGES} requests`)
        issuer.faults.set(GROUPS, hangUp)
        await sleep(30)
        issuer.faults.clear()
      }
    }
  },
  {
    number: 134,
    title: 'A user in very many groups does no harm',
    target: { directory: { ...DIRECTORY, timeoutMs: 4000 } },
    run: async (t, { get, issuer, log }) => {
      const many = Array.from({ length: 10_500 }, (_, i) => `group ${i}`)
      issuer.users.set(ADA, { id: ADA, groups: many })
      expectAnswer(t, 'ten thousand and more', await get('/greet', issuer.mint()), { outcomes: ['FST_OKTA_DIRECTORY_UNAVAILABLE'] })
      t.match(log.join(''), /a lookup in the directory failed/, 'it is logged')
      issuer.users.set(ADA, { id: ADA, groups: [...many.slice(0, 1000), GROUP] })
      await sleep(5)
      expectAnswer(t, 'a thousand', await get('/greet', issuer.mint()), { outcomes: ['OK'] })
    }
  },
  {
    number: 135,
    title: 'One id in two orgs is two users',
    run: async t => {
      const [one, two] = [await startIssuer(t), await startIssuer(t)]
      two.keySet = { keys: [published(nextKey)] }
      two.users.set(ADA, { id: ADA, groups: [], profile: { firstName: 'Other' } })
      const { get } = await startPlugin(t, {
        issuer: one,
        options: { issuers: [one, two].map(({ url }) => ({ issuer: url, audience: AUDIENCE, directory: { token: API_TOKEN } })) },
        routes: app => {
          app.get('/greet', { onRequest: app.okta.requireGroup(GROUP) }, async () => 'in')
          app.get('/me', { onRequest: app.okta.authenticate }, async request => request.oktaUser?.profile.firstName)
        }
      })
      for (let i = 0; i < 2; i++) {
        t.equal((await get('/greet', one.mint())).status, 200)
        expectAnswer(t, 'the other Ada', await get('/greet', two.mint({ key: nextKey })), { outcomes: ['FST_OKTA_GROUP_REQUIRED'] })
        t.equal((await get('/me', one.mint())).body, 'Ada')
        t.equal((await get('/me', two.mint({ key: nextKey }))).body, 'Other')
      }
    }
  },
  {
    number: 136,
    title: 'Of a user only what is promised gets out',
    target: { directory: DIRECTORY },
    run: async (t, { get, issuer, log }) => {
      issuer.users.set(ADA, { id: ADA, profile: { ssn: 'secret-ssn-000', mobilePhone: 'secret-phone', __proto__: { x: 1 }, toString: 'secret-method' } })
      const { body } = await get('/me', issuer.mint())
      for (const secret of ['secret-ssn', 'secret-phone', 'secret-number', 'secret-method', 'credentials', 'provider', API_TOKEN]) t.notOk(body.includes(secret), secret)
      t.notMatch(log.join(''), /secret-|Lovelace|ada@example/, 'the log knows nobody')
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    number: 136,
    title: 'A directory that fails, in whatever way, is an outage',
    why: 'what it says must not get out either',
    run: async t => {
      const target = await startTarget(t, { directory: DIRECTORY })
      const failures: Record<string, Answer> = {
        500: json(500, { errorSummary: 'secret-summary' }),
        503: json(503, '<html>secret</html>'),
        401: json(401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' }),
        403: json(403, { errorCode: 'E0000006' }),
        'no JSON': json(200, '<html>'),
        hangs: hang,
        'hangs up': hangUp
      }
      for (const [title, answering] of Object.entries(failures)) {
        for (const path of [USER, GROUPS]) await expectOutage(t, `${title} at ${path}`, target, path, answering)
      }
      t.notOk(target.log.join('').includes(API_TOKEN))
    }
  }
]
