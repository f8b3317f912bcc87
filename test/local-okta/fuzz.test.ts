import fc from 'fast-check'
import t from 'tap'
import { operationsAt, readDescription } from '#local-okta/description/description.js'
import type { Schema } from '#local-okta/description/description.js'
import type { Route } from '#local-okta/kernel/route.js'
import { RESOURCES } from '#local-okta/resources/index.js'
import { callsTo } from './management-api.js'
import { start } from './start.js'
import { runs } from '../kit/ci.js'

const MAX_DEPTH = 5
/** Revoking the token that the requests are made with would end the test. */
const ROUTES = RESOURCES.flatMap(({ routes }) => routes).filter(({ method, path }) => !(method === 'DELETE' && path.startsWith('/api-tokens')))
const NAMES = ['__proto__', 'constructor', 'toString', '..', '%', 'ü', ' ', 'a/b', '💥', 'x'.repeat(200), 'me', 'default', 'null', '0']
const QUERIES = ['q', 'filter', 'search', 'sortBy', 'sortOrder', 'limit', 'after', 'expand', 'fields', 'type', 'status', 'since', 'until', 'activate', 'sendEmail', 'validityYears', 'trusted', 'provider', 'nextLogin']
const EXPRESSIONS = ['id pr', 'status eq "ACTIVE"', '(', 'profile.login sw "a" and not (id eq 1)', '"', 'a eq', '1', '-1', 'true', '{}', 'name', 'id,profile:(', 'profile:(login)', '2020-01-01T00:00:00.000Z']

t.test('no request to any operation, by the description or against it, is answered with a 5xx', { timeout: 180_000 }, async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const ids = ['00uadalovelace000001', '00ugracehopper000001', localOkta.clients.browser.clientId, '00geveryone000000001', 'default']
  const remembered = [...ids]
  await fc.assert(fc.asyncProperty(fc.constantFrom(...ROUTES), fc.gen(), async (route, generate) => {
    const path = route.path.replace(/\{\w+\}/g, () => encodeURIComponent(generate(oneOf, [...remembered, ...NAMES])))
    const query = generate(queryParameters)
    const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : generate(bodyOf, route)
    const answer = await call(route.method, `${route.isOutside ? '' : '/api/v1'}${path}${query}`, body)
    t.ok(answer.status < 500, `${route.method} ${path}${query} ${JSON.stringify(body)?.slice(0, 300)}: ${answer.status}`)
    // what was created is what later requests are about
    if (answer.status < 300 && typeof answer.body?.id === 'string') remembered.splice(ids.length + (remembered.length % 20), 1, answer.body.id)
  }), { numRuns: runs(100, 800), endOnFailure: true })
})

function oneOf (values: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...values)
}

function queryParameters (): fc.Arbitrary<string> {
  const parameters = fc.dictionary(fc.constantFrom(...QUERIES), fc.oneof(fc.constantFrom(...EXPRESSIONS), fc.string()), { maxKeys: 3 })
  return parameters.map(query => Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query)}`)
}

// mostly what the description allows, with a member missing or of another type here and there
function bodyOf ({ method, path }: Route): fc.Arbitrary<unknown> {
  const body = operationsAt(path).find(operation => operation.method === method)?.body
  const allowed = body === undefined ? fc.constant(undefined) : valueOf(body, 0)
  return fc.oneof({ weight: 8, arbitrary: allowed }, { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) }, { weight: 1, arbitrary: fc.constantFrom('', '{', '[]', 'null', '{"__proto__":{"a":1}}', '{"profile":[]}') })
}

function valueOf (schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valueOf(readDescription().schemas[schema.$ref] ?? {}, depth + 1)
  if (depth > MAX_DEPTH) return fc.constant({})
  const { mapping } = schema.discriminator ?? {}
  if (mapping !== undefined && depth < MAX_DEPTH) return fc.oneof(...Object.entries(mapping).map(([value, name]) => membersOf(readDescription().schemas[name] ?? {}, depth + 2).map(json => ({ ...json, [schema.discriminator?.propertyName ?? '']: value }))))
  const alternatives = schema.oneOf ?? schema.anyOf
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(alternative => valueOf(alternative, depth + 1)))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  switch (schema.type) {
    case 'string': return fc.oneof(fc.string({ minLength: schema.minLength ?? 0 }), fc.constantFrom('https://a.example/', 'a@a.example', 'Ada', '2030-01-01T00:00:00.000Z'))
    case 'integer': return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 1000 })
    case 'number': return fc.double()
    case 'boolean': return fc.boolean()
    case 'array': return fc.array(valueOf(schema.items ?? {}, depth + 1), { minLength: schema.minItems ?? 0, maxLength: 3 })
    default: return fc.oneof({ weight: 20, arbitrary: membersOf(schema, depth) }, { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 'text', 1, []) })
  }
}

function membersOf (schema: Schema, depth: number): fc.Arbitrary<Record<string, unknown>> {
  if (schema.$ref !== undefined) return membersOf(readDescription().schemas[schema.$ref] ?? {}, depth + 1)
  if (depth > MAX_DEPTH) return fc.constant({})
  const own = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, valueOf(property, depth + 1)]))
  const requiredKeys = (schema.required ?? []).filter(name => Object.hasOwn(own, name))
  const parts = (schema.allOf ?? []).map(part => membersOf(part, depth + 1))
  return fc.tuple(fc.record(own, { requiredKeys }), ...parts).map(made => Object.assign({}, ...made) as Record<string, unknown>)
}
