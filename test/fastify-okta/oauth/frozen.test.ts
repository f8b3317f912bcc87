import t from 'tap'
import { deepFreezeWithoutPrototypes } from '#fastify-okta/oauth/frozen.js'

t.test('a value of JSON is frozen all the way down', async t => {
  const value = deepFreezeWithoutPrototypes({ list: [1, { deep: { deeper: [] } }], text: 'a', nothing: null })

  t.same(value, { list: [1, { deep: { deeper: [] } }], text: 'a', nothing: null })
  for (const part of [value, value.list, value.list[1], (value.list[1] as { deep: object }).deep]) t.ok(Object.isFrozen(part))
  t.throws(() => { (value.list as unknown[]).push(2) }, TypeError)
})

t.test('the value itself is not changed', async t => {
  const value = { a: { b: [1] } }
  const frozen = deepFreezeWithoutPrototypes(value)

  for (const part of [value, value.a, value.a.b]) t.notOk(Object.isFrozen(part))
  value.a.b.push(2)
  t.same(frozen, { a: { b: [1] } })
})

t.test('objects lose their prototype, arrays keep theirs', async t => {
  const value = deepFreezeWithoutPrototypes(JSON.parse('{"deep":{"a":1},"list":[{}]}') as { deep: object, list: object[] })

  for (const part of [value, value.deep, value.list[0] as object]) t.equal(Object.getPrototypeOf(part), null)
  t.equal(Object.getPrototypeOf(value.list), Array.prototype)
  t.notOk('toString' in value)
})

t.test('a value that is not an object is returned as it is', async t => {
  for (const value of ['a', 1, true, null, undefined]) t.equal(deepFreezeWithoutPrototypes(value), value)
})
