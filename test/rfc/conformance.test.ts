import { readFileSync } from 'node:fs'
import t from 'tap'
import { COMMAND, DOCUMENT, readConformanceTests, writeConformance } from './conformance.js'

const tests = readConformanceTests()

t.test('docs/conformance.md says what the tests of the standards are called', async t => {
  t.ok(readFileSync(DOCUMENT, 'utf8') === writeConformance(tests), `it is out of date: ${COMMAND} rewrites it`)
})

t.test('no two tests of a standard have one title', async t => {
  const titles = tests.map(({ standard, section, sentence }) => `${standard} ${section} ${sentence}`)
  t.equal(new Set(titles).size, titles.length)
})

t.test('every standard that is spoken of has tests', async t => {
  t.strictSame([...new Set(tests.map(({ standard }) => standard))], ['6750', '7515', '7519', '7662', '8725', '9068', '9449', '9470', '9728'])
})
