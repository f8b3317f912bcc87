import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { CATALOGUE } from './catalogue.js'
import { COMMAND, DOCUMENT, writeAttacks } from './document.js'

t.test('each of the 160 numbered attacks is tried, in its chapter', async (t) => {
  for (const { title, attacks, numbers } of CATALOGUE) {
    const tried = [...new Set(attacks.map(({ number }) => number))]
    const [first, last] = numbers ?? [0, -1]
    t.strictSame(tried, numbers === undefined ? [undefined] : Array.from({ length: last - first + 1 }, (_, i) => first + i), title)
  }
})

t.test('every file of attacks is in the catalogue', async (t) => {
  const files = readdirSync(new URL('../../../test/attacks/', import.meta.url)).filter((file) => /^(?:[a-z]|beyond)-.*\.test\.ts$/.test(file))
  t.strictSame(CATALOGUE.map(({ file }) => `${file}.test.ts`).sort(), files.sort())
})

t.test('docs/attacks.md lists the attacks', async (t) => {
  t.ok(readFileSync(DOCUMENT, 'utf8') === writeAttacks(), `it is out of date: ${COMMAND} rewrites it`)
})
