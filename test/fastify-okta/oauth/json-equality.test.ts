import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { isSameJson } from '#fastify-okta/oauth/json-equality.js'

/** Each is another value than all the others. */
const DIFFERENT = [
  'null', 'true', 'false', '0', '1', '1.5', '""', '"1"', '"a"', '[]', '[null]', '[1]', '["1"]', '[1,2]', '[2,1]', '[[]]', '[{}]', '{}', '{"length":0}',
  '{"0":1}', '{"a":null}', '{"a":1}', '{"a":"1"}', '{"a":[1]}', '{"a":{"b":1}}', '{"a":{"b":2}}', '{"a":{"c":1}}', '{"a":1,"b":2}', '{"a":1,"c":2}',
  '{"toString":1}', '{"__proto__":1}', '{"__proto__":{}}', '{"constructor":{"a":1}}', '{"hasOwnProperty":null}'
]

t.test('values are the same only as themselves', async (t) => {
  for (const one of DIFFERENT) {
    for (const other of DIFFERENT) {
      const [a, b] = [JSON.parse(one), JSON.parse(other)] as [unknown, unknown]
      t.equal(isSameJson(a, b), one === other, `${one} and ${other}`)
      t.equal(isSameJson(a, b), isDeepStrictEqual(a, b), 'as Node says')
    }
  }
})

t.test('the order of members does not matter, that of items does', async (t) => {
  t.ok(isSameJson({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }))
  t.notOk(isSameJson({ a: [1, 2] }, { a: [2, 1] }))
})

t.test('prototypes do not matter', async (t) => {
  t.ok(isSameJson(Object.assign(Object.create(null), { a: 1 }), { a: 1 }))
  t.notOk(isSameJson({ toString: 1 }, {}), 'what is inherited is no member')
  t.notOk(isSameJson({}, { toString: 1 }))
})
