import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../kit/free-port.js'
import { startOrg } from '../kit/org.js'
import { binary, run } from '../package/build.js'
import { readBlocks } from './blocks.js'

const BLOCKS = readBlocks('../README.md')
const PROGRAMS = BLOCKS.filter(({ language }) => language === 'ts')
/** In the repository, where the packages can be imported by name. */
const FOLDER = 'build/readme'
/** What a reader has written before, for blocks that go on with an application. */
const BEGINNING = "import Fastify from 'fastify'\nimport fastifyOkta from 'fastify-okta'\n\nconst app = Fastify()\n"
/** These are run elsewhere: by CI, in a fresh clone, and in test/package, with the tarballs. */
const OF_NPM = ['npm ci && npm start', 'npm ci && npm test', 'npm run build && npm pack', 'npm install @okta/okta-sdk-nodejs']

t.setTimeout(180_000)
mkdirSync(FOLDER, { recursive: true })
t.teardown(() => { rmSync(FOLDER, { recursive: true, force: true }) })

function writeProgram (name: string, code: string): string {
  const file = join(FOLDER, name)
  writeFileSync(file, /^const app =|^ {2}const app =/m.test(code) ? code : BEGINNING + code)
  return file
}

t.test('every TypeScript block compiles under strict', async (t) => {
  const files = PROGRAMS.map(({ code }, i) => writeProgram(`block-${i}.mts`, code))
  const { exitCode, stdout } = await run(binary('tsc'), [
    '--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node', '--skipLibCheck', ...files
  ])
  t.equal(exitCode, 0, stdout)
})

t.test('the program of "In your app" answers 401 without a token, and 200 with one', async (t) => {
  const okta = await startOrg(t)
  const port = await freePort()
  const code = PROGRAMS.filter(({ heading }) => heading === 'In your app').map(({ code }) => code).join('')
  const file = writeProgram('in-your-app.mjs', code
    .replace('https://dev-1.okta.com/oauth2/default', okta.issuer)
    .replace('await app.listen({ port: 3000 })', `
await app.listen({ port: ${port} })
const statuses = []
for (const headers of [{}, { authorization: 'Bearer ${await okta.mintAccessToken({ user: 'ada@example.com' })}' }]) {
  statuses.push((await fetch('http://127.0.0.1:${port}/hello', { headers })).status)
}
console.log(statuses.join())
await app.close()`))
  const { stdout, stderr } = await run('node', [file])
  t.match(stdout, '401,200', stderr)
})

t.test('the program of "Tests with the local Okta" is a test that passes', async (t) => {
  const code = PROGRAMS.filter(({ heading }) => heading === 'Tests with the local Okta').map(({ code }) => code).join('')
  const { exitCode, stdout } = await run('node', ['--test', writeProgram('members.mjs', code)])
  t.equal(exitCode, 0, stdout)
})

t.test('the commands of "Your own Okta org" work with an org', async (t) => {
  const okta = await startOrg(t)
  const lines = BLOCKS
    .filter(({ language, heading, code }) => language === 'sh' && heading === 'Your own Okta org' && code.includes('fastify-okta setup'))
    .map(({ code }) => code)
    .join('')
    .replaceAll('https://dev-1.okta.com', okta.orgUrl)
    .replaceAll('00abc', okta.apiToken)
    .replaceAll('npx fastify-okta', 'node src/fastify-okta/bin/fastify-okta.js')
    .replaceAll('npm start', 'echo "started with $OKTA_OAUTH2_CLIENTID"')
  const { exitCode, stdout, stderr } = await run('sh', ['-c', lines], { env: { PUBLIC_URL: `http://127.0.0.1:${await freePort()}` } })
  t.equal(exitCode, 0, stderr)
  t.match(stdout, /started with 0oa/)
})

t.test('every other shell block is a command of npm, or starts the service', async (t) => {
  for (const { code } of BLOCKS.filter(({ language }) => language === 'sh')) {
    t.ok(OF_NPM.some((command) => code.startsWith(command)) || /fastify-okta|npm start/.test(code), code)
  }
})
