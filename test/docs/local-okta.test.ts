import { readFileSync } from 'node:fs'
import t from 'tap'
import { readDescription } from '#local-okta/description/description.js'
import { run } from '../package/build.js'

t.test('docs/local-okta.md names every operation of the description and every member of a seed, as they are', { timeout: 60_000 }, async t => {
  const { exitCode, stderr } = await run(process.execPath, ['docs/write-local-okta.js', '--check'])

  t.equal(exitCode, 0, stderr)
  const page = readFileSync('docs/local-okta.md', 'utf8')
  for (const { id } of readDescription().operations) t.ok(page.includes(`| \`${id}\` |`), id)
})
