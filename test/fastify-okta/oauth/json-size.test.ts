import t from 'tap'
import { jsonSize } from '#fastify-okta/oauth/json-size.js'

t.test('what holds more counts for more', async (t) => {
  const inOrder: unknown[] = [null, 1, 'a', 'aaaa', 'éééé'.repeat(4), '€€€€'.repeat(4), ['a', 'a', 'a'], { a: 'a' }, { a: ['a'] }, { a: 'a', b: ['a', {}] }]
  const sizes = inOrder.map(jsonSize)

  t.same(sizes, [...sizes].sort((one, other) => one - other))
})

t.test('a string counts for its characters, each array and object for its own', async (t) => {
  t.ok(jsonSize('a'.repeat(1000)) >= 1000)
  t.ok(jsonSize('€'.repeat(1000)) >= 2000, 'two bytes each beyond Latin-1')
  t.ok(jsonSize(Array.from({ length: 1000 }, () => ({}))) >= 60_000)
  t.ok(jsonSize(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`member ${n}`, true]))) >= 60_000)
})
