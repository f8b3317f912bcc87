import fc from 'fast-check'
import t from 'tap'
import { parseJsonObject } from '#fastify-okta/oauth/json-object.js'

const parse = (json: string | Buffer): unknown => parseJsonObject(Buffer.from(json as string))

t.test('an object is parsed as JSON.parse does', async t => {
  const good = [
    '{}',
    ' \n{"a":1}\r\t',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '{"a":["a","a","a"],"b":["a"]}',
    '{"a":"b","b":"a","c":"\\"a\\":1"}',
    '{"a":"{","b":"}","c":"[[[[[[[[[[[[[[[[[[[["}',
    '{"a":"__proto__","proto":"__proto__","constructor":1,"toString":2}',
    '{"\\u0061":1,"b":"\\\\"}',
    '{"a":true,"b":false,"c":null,"d":-1.5e3}',
    '{"é":"\u{1f600}","e":"\\ud800"}',
    '{"list":[[{"a":1}],{"a":1}],"more":[{"a":1},{"a":1}]}'
  ]
  for (const json of good) t.strictSame(parse(json), JSON.parse(json), json)
})

t.test('anything but a JSON object is refused', async t => {
  for (const json of ['', ' ', '[]', '[{}]', '"a"', '1', 'null', 'true', '{', '{}{}', '{"a":1,}', "{'a':1}", '{"a":01}', '{"a":NaN}', '{"a":"\u0001"}']) {
    t.equal(parse(json), undefined, JSON.stringify(json))
  }
})

t.test('bytes that are not plain UTF-8 are refused', async t => {
  const hostile = {
    'a byte order mark': Buffer.from('\ufeff{}'),
    'a byte that never occurs': Buffer.from([0x7b, 0xff, 0x7d]),
    'a cut character in a text': Buffer.from('7b2261223a22c3227d', 'hex'),
    'an overlong slash': Buffer.from('7b2261223a22c0af227d', 'hex'),
    'a surrogate': Buffer.from('7b2261223a22eda080227d', 'hex'),
    'UTF-16': Buffer.from('{}', 'utf16le')
  }
  for (const [title, bytes] of Object.entries(hostile)) t.equal(parse(bytes), undefined, title)
})

t.test('a member that is named twice, or __proto__, is refused at any depth and in any spelling', async t => {
  const hostile = [
    '{"a":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1 , "a" : 2}',
    '{"a":1,"a"\n\t:2}',
    '{"a":1,"\\u0061":2}',
    '{"\\u0061":1,"\\u0061":2}',
    '{"a\\"b":1,"a\\"b":2}',
    '{"a\\\\":1,"a\\\\":2}',
    '{"\\/":1,"/":2}',
    '{"":1,"":2}',
    '{"a":{"b":1},"a":{"b":1}}',
    '{"a":[],"a":[]}',
    '{"x":{"a":1,"a":2}}',
    '{"x":[1,{"a":1,"a":2}]}',
    '{"x":[{"y":{"a":1,"a":2}}]}',
    '{"a":1,"x":{"b":1},"a":2}',
    '{"a":1,"x":[{},[]],"a":2}',
    '{"a":"\\\\","a":"b"}',
    '{"__proto__":{}}',
    '{"__proto__":null}',
    '{"x":{"__proto__":1}}',
    '{"x":[[{"__proto__":1}]]}',
    '{"\\u005f_proto__":1}'
  ]
  for (const json of hostile) {
    t.doesNotThrow(() => JSON.parse(json), 'it is JSON')
    t.equal(parse(json), undefined, json)
  }
  t.equal(({} as { polluted?: unknown }).polluted, undefined)
})

t.test('sixteen levels are parsed, and seventeen are not', async t => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  const nestedObjects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

  for (const json of [nested(16), nestedObjects(16)]) t.strictSame(parse(json), JSON.parse(json))
  for (const json of [nested(17), nestedObjects(17), nested(10_000), nestedObjects(10_000)]) t.equal(parse(json), undefined)
  t.strictSame(parse(`{"a":[${'[[]],'.repeat(50)}[]]}`), JSON.parse(`{"a":[${'[[]],'.repeat(50)}[]]}`), 'side by side is not deep')
})

t.test('the same object is judged alike, whether it is written as JSON.stringify does or otherwise', async t => {
  const outcomes = new Set<boolean>()
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 20 }), value => {
    const [tight, spaced] = [parse(JSON.stringify({ value })), parse(JSON.stringify({ value }, null, 1))]
    outcomes.add(tight === undefined)
    return JSON.stringify(tight) === JSON.stringify(spaced)
  }), { numRuns: 500, examples: [[JSON.parse('{"__proto__":1}')], [JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`)]] })

  t.same(outcomes, new Set([true, false]))
})

t.test('one call does not disturb the next', async t => {
  t.equal(parse('{"a":1,"a":2,"b":3}'), undefined)
  t.strictSame(parse('{"a":1}'), { a: 1 })
  t.equal(parse('{"a":1,"a":2}'), undefined)
})
