import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { eventually } from '../kit/eventually.js'
import { freePort } from '../kit/free-port.js'
import { foreignEnvironment, run } from '../package/build.js'
import { readCurl } from './curl.js'

/** A line that a server prints to be pasted, under what it says comes of it. */
interface Line {
  readonly says: string
  readonly status: number
  readonly curl: string
}

interface Answer {
  readonly status: number
  readonly challenge: string | null
  readonly body: unknown
}

interface RunningExample {
  readonly output: string
  readonly lines: readonly Line[]
}

/** Starts `examples/{name}/server.js` of a folder as a newcomer does, and waits for what it prints. */
async function start (t: Test, folder: string, name: string, port: number): Promise<RunningExample> {
  const child = spawn(process.execPath, [`examples/${name}/server.js`], {
    cwd: folder, env: { ...foreignEnvironment(), PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe']
  })
  const closed = new Promise<void>(resolve => { child.once('close', () => { resolve() }) })
  t.teardown(async () => {
    child.kill()
    await closed
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text })
  const output = await new Promise<string>((resolve, reject) => {
    let written = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text
      if (written.endsWith('\n\n')) resolve(written)
    })
    child.once('close', () => { reject(new Error(`the example ended: ${errors}`)) })
  })
  const lines = [...output.matchAll(/^# (\d{3}): (.+)\n(curl .+)$/gm)]
    .map(([, status, says = '', curl = '']) => ({ says, status: Number(status), curl }))
  return { output, lines }
}

async function paste ({ curl }: Line): Promise<Answer> {
  const { url, ...init } = readCurl(curl)
  const response = await fetch(url, init)
  const text = await response.text()
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body: text === '' ? null : JSON.parse(text) }
}

/** What the lines get, beside the status that they stand under. */
export const EXPECTED: Readonly<Record<string, ReadonlyArray<Partial<Answer>>>> = {
  minimal: [
    { body: { sub: 'ada@example.com', scp: ['openid', 'profile', 'email'] } },
    { challenge: 'Bearer realm="okta"', body: { code: 'FST_OKTA_MISSING_CREDENTIALS' } },
    { body: { hello: 'stranger' } },
    { body: { code: 'FST_OKTA_INVALID_TOKEN' } }
  ],
  'group-guard': [
    { body: { for: 'Grace Hopper' } },
    { challenge: null, body: { code: 'FST_OKTA_GROUP_REQUIRED' } },
    { body: { code: 'FST_OKTA_INSUFFICIENT_SCOPE' } },
    {}
  ],
  'two-issuers': [
    { body: { orders: 'all', user: 'Ada Lovelace' } },
    { body: { orders: 'of ada@example.com', user: null } },
    { body: { code: 'FST_OKTA_INVALID_TOKEN' } },
    { body: { prices: 'secret' } },
    { body: { code: 'FST_OKTA_GROUP_REQUIRED' } }
  ],
  'step-up': [
    { body: { balance: 100 } },
    { body: { code: 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION' } },
    { body: { transferred: true } },
    { body: { code: 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION' } }
  ],
  dpop: [{ body: { code: 'FST_OKTA_INVALID_TOKEN' } }],
  revocation: [{ body: { sub: 'ada@example.com' } }, {}]
}

/** What an example is for beyond the lines it prints. */
const BEYOND: Readonly<Record<string, (t: Test, example: RunningExample, folder: string) => Promise<void>>> = {
  async 'group-guard' (t, { lines: [asGrace] }) {
    const until = Date.now() + 10_000
    let answer = await paste(asGrace as Line)
    while (answer.status === 200 && Date.now() < until) {
      await sleep(200)
      answer = await paste(asGrace as Line)
    }
    t.match(answer, { status: 403, body: { code: 'FST_OKTA_GROUP_REQUIRED' } }, 'out of the group, she is refused with the token she has')
  },
  async revocation (t, { lines: [asAda] }) {
    await eventually(async () => (await paste(asAda as Line)).status === 401, 'the token of before is refused')
    t.match(await paste(asAda as Line), { body: { code: 'FST_OKTA_INVALID_TOKEN' } })
  },
  async 'step-up' (t, { lines: [, withPassword] }) {
    const { challenge } = await paste(withPassword as Line)
    t.match(challenge, /error="insufficient_user_authentication".*acr_values="urn:okta:loa:2fa:any".*max_age="300"/)
  },
  async dpop (t, { output }, folder) {
    const [, secret = '', parameters = ''] = /^CLIENT_SECRET=(\S+) node (.+)$/m.exec(output) ?? []
    const { stdout, stderr } = await run(process.execPath, parameters.split(' '), { cwd: folder, env: { CLIENT_SECRET: secret } })
    t.match(stdout, /^200 \{"sub":"0oalocalservice00001","cnf":\{"jkt":"[\w-]{43}"\}\}\n401 FST_OKTA_INVALID_DPOP_PROOF\n$/, stderr)
  }
}

/** Runs the examples in a folder that has them, and the packages that they import by name in its `node_modules`. */
export function testExamples (t: Test, folder: string): void {
  for (const [name, answers] of Object.entries(EXPECTED)) {
    t.test(`${name}: each printed line gets what it says`, async t => {
      const example = await start(t, folder, name, await freePort())
      t.equal(example.lines.length, answers.length, 'lines')
      for (const [index, line] of example.lines.entries()) {
        t.match(await paste(line), { ...answers[index], status: line.status }, line.says)
      }
      await BEYOND[name]?.(t, example, folder)
    })
  }

  t.test('testing: its tests pass', async t => {
    const { exitCode, stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'examples/testing/app.test.js'], { cwd: folder })

    t.equal(exitCode, 0, stdout)
    t.match(stdout, /^# pass 5$/m)
  })

  t.test('dpop: the client prints its usage if an argument is missing', async t => {
    const { exitCode, stderr } = await run(process.execPath, ['examples/dpop/client.js'], { cwd: folder })
    const withoutSecret = await run(process.execPath, ['examples/dpop/client.js', 'http://127.0.0.1:1/a', 'b', 'http://127.0.0.1:1/'], { cwd: folder })

    for (const result of [{ exitCode, stderr }, withoutSecret]) t.match(result, { exitCode: 2, stderr: /^Usage: CLIENT_SECRET=… node examples\/dpop\/client\.js ISSUER CLIENT_ID URL .*\n$/ })
  })
}
