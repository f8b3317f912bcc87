import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
import { run, temporaryFolder } from '../package/build.js'
import { CI_ONLY } from './ci-only.js'

// On a busy machine each run takes its time.
t.setTimeout(240_000)

const folder = temporaryFolder(t)
for (const name of ['node_modules', 'test']) symlinkSync(resolve(name), join(folder, name))
const [forCi, why] = Object.entries(CI_ONLY).find(([path]) => !path.endsWith('/')) as [string, string]
for (const [name, source] of Object.entries({
  [forCi.replace('test/', '')]: 'import t from "tap"; t.equal(1, 1)',
  'attacks/a': 'import t from "tap"; t.equal(globalThis.isLoaded, undefined); globalThis.isLoaded = true; await null; t.test("later", async t => { t.equal(globalThis.isNext, undefined) })',
  'attacks/b': 'import t from "tap"; globalThis.isNext = true; t.equal(globalThis.isLoaded, true)',
  'room/good': 'import t from "tap"; t.equal(1, 1); t.skip("elsewhere"); t.test("a", { skip: "there is no such program" }, () => {})',
  'room/wrong': 'import t from "tap"; console.error("said aside"); t.test("agree", async t => { t.equal(1, 1); t.equal(1, 2) })',
  'broken/crash': 'import t from "tap"; t.equal(1, 1); await new Promise(setImmediate); process.exit(7)',
  'broken/cut': 'console.log("TAP version 14\\nok 1 - holds\\n1..2")',
  'broken/kill': 'process.kill(process.pid, "SIGTERM"); await new Promise(resolve => setTimeout(resolve, 60_000))',
  'broken/load': 'import "./none.js"',
  empty: 'import "tap"'
})) {
  const file = join(folder, 'build/test', `${name}.test.js`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
}

async function runTests (wanted: string[], env: Record<string, string> = {}) {
  const { exitCode, stdout } = await run(process.execPath, [resolve('build/test/runner/run.js'), ...wanted], { cwd: folder, env: { CI: '', ...env } })
  const lines = stdout.split('\n')
  return { exitCode, stdout, lines, closing: lines.at(-2) }
}

t.test('each file is counted, and all of them in the last line', async t => {
  const { exitCode, lines, closing } = await runTests(['good', 'empty'])

  t.equal(exitCode, 0)
  t.ok(lines.includes('test/room/good.test.ts: 1 passed, 0 failed, 2 skipped (there is no such program)'))
  t.ok(lines.includes('test/empty.test.ts: no tests'))
  t.equal(closing, '1 passed, 0 failed, 2 skipped')
})

t.test('a failure is shown with what the file said aside, and fails the run', async t => {
  const { exitCode, stdout, closing } = await runTests(['room'])

  t.equal(exitCode, 1)
  t.match(stdout, 'FAILED test/room/wrong.test.ts > agree > should be equal')
  t.match(stdout, 'said aside')
  t.equal(closing, '2 passed, 1 failed, 2 skipped')
})

t.test('a file that ends badly is a failure, though all that it asserted holds', async t => {
  const { exitCode, stdout, closing } = await runTests(['broken'])

  t.equal(exitCode, 1)
  t.match(stdout, 'FAILED test/broken/crash.test.ts\n    ended with exit code 7')
  t.match(stdout, 'FAILED test/broken/cut.test.ts')
  t.match(stdout, 'FAILED test/broken/kill.test.ts\n    ended by SIGTERM')
  t.match(stdout, 'FAILED test/broken/load.test.ts\n    ended with exit code 1')
  t.equal(closing, '2 passed, 4 failed')
})

t.test('the files of some folders share a process, and the tests of one are done before the next is loaded', async t => {
  const { lines, closing } = await runTests(['attacks/'])

  t.ok(lines.includes('test/attacks/a.test.ts and 1 more: 3 passed, 0 failed'))
  t.equal(closing, '3 passed, 0 failed')
})

t.test('a run of no tests fails', async t => {
  const { exitCode, closing } = await runTests(['no such file'])

  t.equal(exitCode, 1)
  t.equal(closing, '0 passed, 0 failed')
})

t.test('what only CI needs is skipped, with the reason and the command that runs it', async t => {
  const skipped = `${forCi}.test.ts: left to CI, ${why}; run it with: npm run test:one -- ${forCi.replace('test/', '')}`
  t.ok((await runTests([])).lines.includes(skipped))
  for (const { lines } of [await runTests([], { CI: 'true' }), await runTests([forCi])]) t.ok(lines.includes(`${forCi}.test.ts: 1 passed, 0 failed`))
})

t.test('what is left to CI exists', async t => {
  for (const path of Object.keys(CI_ONLY)) t.ok(existsSync(path.endsWith('/') ? path : `${path}.test.ts`), path)
})
