import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { environmentOfPrograms } from '../../kit/environment.js'
import { freePort } from '../../kit/free-port.js'
import { shareOrg } from '../../kit/org.js'
import { emptyDirectory } from '../../fastify-okta/cli/run.js'
import { SERVER } from '../service.js'

// Each is a process that starts another, and on a busy machine each takes its time.
t.setTimeout(120_000)

interface Report { readonly ok: boolean, readonly checks: ReadonlyArray<{ readonly id: string, readonly status: string, readonly seen: string }> }

t.test('without settings, --check starts the local Okta and finds nothing broken', async (t) => {
  const { code, report } = await check(t, { LOCAL_OKTA_PORT: '0', PORT: String(await freePort()) })

  t.match(report.checks.find(({ id }) => id === 'directory.token'), { status: 'ok' })
  t.same(report.checks.filter(({ status }) => status === 'fail').map(({ id }) => id), [])
  t.match({ code, ok: report.ok }, { code: 0, ok: true })
})

t.test('--check reads the files of the service too, and reports settings with which it would not start', async (t) => {
  const { issuer, apiToken } = await shareOrg()
  const directory = await emptyDirectory(t)
  await writeFile(join(directory, 'local.json5'), `{ OKTA_OAUTH2_ISSUER: '${issuer}', OKTA_CLIENT_TOKEN: '${apiToken}', GREETING_GROUP: 'Fastfy Okta', REDIS_URL: 'localhost' }`)
  const { code, report } = await check(t, { NODE_CONFIG_DIR: directory, PORT: String(await freePort()) })

  t.equal(code, 1)
  t.match(report.checks.find(({ id }) => id === 'group.exists'), { status: 'fail', seen: /no group "Fastfy Okta"/ })
  t.match(report.checks.find(({ id }) => id === 'redis'), { status: 'fail', seen: /REDIS_URL must be redis:\/\/host:6379/ })
})

async function check (t: Pick<Test, 'teardown'>, settings: Record<string, string>): Promise<{ code: number | null, report: Report }> {
  const child = spawn(process.execPath, [SERVER, '--check', '--json'], { env: { ...environmentOfPrograms(), ...settings }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
  const code = await new Promise<number | null>((resolve) => { child.on('close', resolve) })
  return { code, report: JSON.parse(output) as Report }
}
