import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { buildApp } from '#greeting/app.js'
import { startOrg } from '../kit/org.js'
import { run, temporaryFolder } from '../package/build.js'
import { readBlocks, readCode } from './blocks.js'
import { answerInTurn, type Answer } from './scripted-service.js'

t.setTimeout(120_000)
const okta = await startOrg(t)
const app = await buildApp({
  okta: { issuer: okta.issuer, audience: okta.audience, directory: { token: okta.apiToken } },
  greeting: { group: 'Fastify Okta', timeZone: 'UTC' },
  logLevel: 'silent'
})
t.teardown(async () => { await app.close() })
const service = await app.listen({ port: 0, host: '127.0.0.1' })
const folder = temporaryFolder(t)

/** The page's code, sent to where the test listens. */
function here (code: string): string {
  return code.replaceAll('http://127.0.0.1:3000', service).replaceAll('http://127.0.0.1:4000', okta.orgUrl)
}

interface Told {
  readonly answer?: unknown
  readonly status?: number
  readonly code?: string
  readonly refreshes: number
}

/** What the page's `call` makes of an URL: with this token, and the next one after a refresh. */
type Call = (url: string, accessToken: string, refreshed: string) => Promise<Told>

/** What each language's `call` must do, in the words of the page's table. `sent` counts the requests. */
const RULES: Readonly<Record<string, { answers: readonly Answer[], told: Told, sent: number }>> = {
  'a good token is all': {
    answers: [{ status: 200 }], told: { answer: { greeting: 'Good Morning' }, refreshes: 0 }, sent: 1
  },
  '401: refreshes and sends again': {
    answers: [{ status: 401, code: 'FST_OKTA_INVALID_TOKEN' }, { status: 200 }], told: { answer: { greeting: 'Good Morning' }, refreshes: 1 }, sent: 2
  },
  '401 again: refreshes no second time': {
    answers: [{ status: 401, code: 'FST_OKTA_INVALID_TOKEN' }], told: { status: 401, code: 'FST_OKTA_INVALID_TOKEN', refreshes: 1 }, sent: 2
  },
  '401 for a stronger sign-in: no refresh': {
    answers: [{ status: 401, code: 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION' }],
    told: { status: 401, code: 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION', refreshes: 0 },
    sent: 1
  },
  '403: neither refreshes nor sends again': {
    answers: [{ status: 403, code: 'FST_OKTA_GROUP_REQUIRED' }], told: { status: 403, code: 'FST_OKTA_GROUP_REQUIRED', refreshes: 0 }, sent: 1
  },
  '503: waits and sends again, with the same token': {
    answers: [{ status: 503, code: 'FST_OKTA_ISSUER_UNAVAILABLE', headers: { 'retry-after': '0' } }, { status: 200 }],
    told: { answer: { greeting: 'Good Morning' }, refreshes: 0 },
    sent: 2
  },
  '503 of a proxy in front, which is not JSON: waits and sends again': {
    answers: [{ status: 503, headers: { 'content-type': 'text/html', 'retry-after': '0' }, body: '<h1>Service Unavailable</h1>' }, { status: 200 }],
    told: { answer: { greeting: 'Good Morning' }, refreshes: 0 },
    sent: 2
  },
  '502 of a proxy, which is not JSON: keeps the token': {
    answers: [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }], told: { status: 502, refreshes: 0 }, sent: 1
  },
  '503 for good: gives up, and keeps the token': {
    answers: [{ status: 503, code: 'FST_OKTA_ISSUER_UNAVAILABLE', headers: { 'retry-after': '0' } }],
    told: { status: 503, code: 'FST_OKTA_ISSUER_UNAVAILABLE', refreshes: 0 },
    sent: 5
  }
}

async function holdsTheRules (t: Test, call: Call): Promise<void> {
  await Promise.all(Object.entries(RULES).map(async ([title, { answers, told, sent }]) => {
    const { url, credentials } = await answerInTurn(t, answers)
    t.match(await call(url, 'first', 'second'), told, title)
    t.equal(credentials.length, sent, `${title}: ${sent} sent`)
    t.same(credentials.slice(0, 2), ['Bearer first', told.refreshes > 0 ? 'Bearer second' : 'Bearer first'].slice(0, sent), `${title}: credentials`)
  }))
  const [expired, good, stranger] = await Promise.all([
    okta.mintAccessToken({ expiresInSeconds: -1 }), okta.mintAccessToken(), okta.mintAccessToken({ user: 'grace@example.com' })
  ])
  t.match(await call(`${service}/greet`, expired, good), { answer: { name: 'Ada Lovelace' }, refreshes: 1 }, 'the service, with an expired token')
  t.match(await call(`${service}/greet`, stranger, good), { status: 403, code: 'FST_OKTA_GROUP_REQUIRED', refreshes: 0 }, 'the service, for somebody else')
}

t.test('curl', { skip: isMissing('curl') }, async t => {
  const script = here([readCode('clients.md', 'sh', 'A token to try with'), ...readCode('clients.md', 'sh', 'curl').split(/^(?=curl)/m)].join('\necho\n'))
  const { stdout, stderr } = await run('sh', ['-e', '-c', script])
  const [greeting = '', text = '', me = '', changed = ''] = stdout.trim().split('\n').filter(Boolean)

  t.match(JSON.parse(greeting), { name: 'Ada Lovelace', timeZone: 'Europe/London' }, stderr)
  t.match(text, /^Good (?:Morning|Afternoon|Evening)$/)
  t.match(JSON.parse(me), { claims: { sub: 'ada@example.com' }, groups: ['Everyone', 'Fastify Okta'] })
  t.match(JSON.parse(changed), { profile: { nickName: 'Countess' } })
})

t.test('fetch', async t => {
  const [definition, use] = readBlocks('clients.md').filter(({ heading }) => heading === 'fetch').map(({ code }) => here(code))
  const file = join(folder, 'call.mjs')
  writeFileSync(file, `${definition}\nexport async function use (tokens, console) {\n${use}}\n`)
  interface Tokens { accessToken: string, refresh (): Promise<void> }
  const page = await import(pathToFileURL(file).href) as {
    call (url: string, tokens: Tokens): Promise<unknown>
    use (tokens: Tokens, console: { log (line: string): void }): Promise<void>
  }

  await holdsTheRules(t, async (url, accessToken, refreshed) => {
    let refreshes = 0
    const tokens: Tokens = {
      accessToken,
      async refresh () {
        refreshes += 1
        tokens.accessToken = refreshed
      }
    }
    return await page.call(url, tokens).then(answer => ({ answer, refreshes }), ({ status, code }: Told) => ({ status, code, refreshes } as Told))
  })
  const lines: string[] = []
  await page.use({ accessToken: await okta.mintAccessToken(), async refresh () {} }, { log: line => { lines.push(line) } })
  t.match(lines, [/^Good \w+, Ada Lovelace$/])
})

t.test('Python', { timeout: 60_000, skip: isMissing('python3') }, async t => {
  const [definition, use] = readBlocks('clients.md').filter(({ language }) => language === 'python').map(({ code }) => here(code))
  writeFileSync(join(folder, 'client.py'), `${definition}

class Tokens:
    def __init__(self, access_token, refreshed):
        self.access_token, self.refreshed, self.refreshes = access_token, refreshed, 0

    def refresh(self):
        self.access_token, self.refreshes = self.refreshed, self.refreshes + 1


def tell(url, access_token, refreshed):
    tokens = Tokens(access_token, refreshed)
    try:
        return {"answer": call(url, tokens), "refreshes": tokens.refreshes}
    except Refused as refused:
        return {"status": refused.status, "code": refused.code, "refreshes": tokens.refreshes}
`)
  writeFileSync(join(folder, 'tell.py'), 'import json, sys\nfrom client import tell\nprint(json.dumps(tell(*sys.argv[1:])))\n')
  writeFileSync(join(folder, 'use.py'), `import sys\nfrom client import Tokens, call\ntokens = Tokens(sys.argv[1], "")\n${use}`)
  const python = async (...parameters: string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await run('python3', parameters, { cwd: folder, env: { no_proxy: '127.0.0.1' } })
    if (exitCode !== 0) throw new Error(stderr)
    return stdout
  }

  await holdsTheRules(t, async (url, accessToken, refreshed) => JSON.parse(await python('tell.py', url, accessToken, refreshed)) as Told)
  t.match(await python('use.py', await okta.mintAccessToken()), /^Good \w+, Ada Lovelace\n$/)
})

t.test('Swift and Kotlin, which nothing here compiles, say the same', async t => {
  for (const [language, heading] of [['swift', 'Swift'], ['kotlin', 'Kotlin']] as const) {
    const code = readCode('clients.md', language, heading)
    t.match(code, /"https:\/\/greetings\.example\.com\/greet"/, `${language}: the route`)
    t.match(code, /"Bearer (?:\\\(await tokens\.accessToken\)|\$accessToken)"/, `${language}: credentials`)
    t.match(code, /"Authorization"/)
    t.match(code, /== 503 && sent < 5[^}]*"?retry-?after/i, `${language}: 503 waits`)
    t.match(code, /== 401 && !hasRefreshed && (?:refusal\.)?code != "FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION"\)? \{\s+hasRefreshed = true\s+(?:try await )?tokens\.refresh\(\)/, `${language}: 401 refreshes once`)
    t.notMatch(code, /\b403\b/, `${language}: 403 is handed on`)
    for (const [open, close] of ['{}', '()', '[]'] as unknown as Array<[string, string]>) {
      t.equal(code.split(open).length, code.split(close).length, `${language}: ${open}${close}`)
    }
  }
})

/** Why a test cannot run here, or `false`. */
function isMissing (program: string): string | false {
  return spawnSync(program, ['--version']).status === 0 ? false : `${program} is not installed`
}
