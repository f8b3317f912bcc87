import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'

const ROOT = new URL('../../../', import.meta.url)
const policy = readFileSync(new URL('SECURITY.md', ROOT), 'utf8')

t.test('the files that SECURITY.md names exist', async t => {
  const named = new Set([...policy.matchAll(/`(test\/[^`]+)`|\]\(([^)]+)\)/g)].map(([, test, link]) => (test ?? link) as string))
  t.ok(named.size > 15)
  for (const file of named) t.ok(existsSync(new URL(file, ROOT)), file)
})

t.test('every threat names a test that holds it off', async t => {
  const [, table = ''] = policy.split('| --- | --- | --- |\n')
  const rows = table.split('\n').filter(line => line.startsWith('|'))
  t.ok(rows.length > 10)
  for (const row of rows) t.match(row, /\| `test\/[^|]+\.test\.ts` \|$/, row.slice(0, 40))
})
