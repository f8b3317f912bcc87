import t from 'tap'
import { Parser } from 'tap-parser'
import { formatTally, tallyOf } from './tally.js'

const streams = {
  'assertions count at every depth, a test not once more': {
    tap: `
# Subtest: a.test.js
    ok 1 - holds
    # Subtest: a sentence
        ok 1 - holds
        not ok 2 - does not hold
        1..2
    not ok 2 - a sentence
    1..2
not ok 1 - a.test.js
1..1
`,
    line: '2 passed, 1 failed',
    failures: ['a.test.js > a sentence > does not hold']
  },
  'a file that crashes though its assertions hold is one failure': {
    tap: `
# Subtest: a.test.js
    ok 1 - holds
    1..1
not ok 1 - a.test.js
1..1
`,
    line: '1 passed, 1 failed',
    failures: ['a.test.js']
  },
  'a file that cannot be loaded is one failure': {
    tap: `
# Subtest: a.test.js
    1..0 # no tests found
not ok 1 - a.test.js
1..1
`,
    line: '0 passed, 1 failed',
    failures: ['a.test.js']
  },
  'what is skipped or still to do is neither passed nor failed': {
    tap: `
ok 1 - elsewhere # SKIP not here
not ok 2 - some day # TODO
# Subtest: empty.test.js
    1..0 # no tests found
ok 3 - empty.test.js # SKIP no tests found
1..3
`,
    line: '0 passed, 0 failed, 3 skipped',
    failures: []
  },
  'a test that asserts nothing and ends well has passed': {
    tap: `
# Subtest: quiet
    1..0
ok 1 - quiet
1..1
`,
    line: '1 passed, 0 failed',
    failures: []
  }
}

for (const [title, { tap, line, failures }] of Object.entries(streams)) {
  t.test(title, async t => {
    const failed: string[] = []
    const parser = new Parser()
    const tally = tallyOf(parser, failure => failed.push(failure.fullname))
    parser.end(`TAP version 14${tap}`)

    t.equal(formatTally(tally), line)
    t.same(failed, failures)
  })
}
