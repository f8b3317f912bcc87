import t from 'tap'
import { Parser, type Result } from 'tap-parser'
import { formatFailure } from './failure.js'

t.test('a failure names the test, the place in the source and the difference', async t => {
  const text = formatFailure(failureOf(`
not ok 1 - build/test/a.test.js > numbers agree
  ---
  at:
    fileName: test/a.test.ts
    lineNumber: 2
    columnNumber: 37
  diff: |
    --- expected
    +++ actual
    -2
    +1
  ...
1..1
`))

  t.equal(text, `
FAILED test/a.test.ts > numbers agree
    test/a.test.ts:2:37
    --- expected
    +++ actual
    -2
    +1
`)
})

t.test('a failure without a difference shows what was wanted', async t => {
  const text = formatFailure(failureOf('\nnot ok 1 - throws\n  ---\n  wanted:\n    code: X\n  ...\n1..1\n'))

  t.match(text, 'expected: {')
  t.match(text, '"code": "X"')
})

t.test('a file that ends badly says how, and nothing of the command that ran it', async t => {
  const endings = {
    'exitCode: 7': 'ended with exit code 7',
    'signal: SIGKILL': 'ended by SIGKILL',
    'expired: a.test.js': 'ran out of time: a.test.js'
  }

  for (const [ending, sentence] of Object.entries(endings)) {
    const text = formatFailure(failureOf(`\nnot ok 1 - a.test.js\n  ---\n  command: node\n  ${ending}\n  ...\n1..1\n`))

    t.equal(text, `\nFAILED a.test.js\n    ${sentence}\n`)
  }
})

function failureOf (tap: string): Result {
  let failure: Result | undefined
  const parser = new Parser()
  parser.on('assert', (result: Result) => { failure = result })
  parser.end(`TAP version 14${tap}`)
  if (!failure) throw new Error('the TAP stream holds no assertion')
  return failure
}
