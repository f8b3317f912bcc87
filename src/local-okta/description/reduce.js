// Writes operations.json, the part of Okta's OpenAPI description of the Management API that the local Okta needs:
// node src/local-okta/description/reduce.js path/to/management.json
import { readFileSync, writeFileSync } from 'node:fs'

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const PREFIX = '/api/v1'
/** What of a schema says if a value is valid. */
const KEYWORDS = ['type', 'enum', 'nullable', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'pattern']

const description = JSON.parse(readFileSync(process.argv[2], 'utf8'))

/** Schemas that the description has wrong. */
const CORRECTIONS = {
  // a mapping's properties are by their names; there they stand beside themselves
  ProfileMappingRequest: { type: 'object', required: ['properties'], properties: { properties: { type: 'object' } } },
  // the template of Persona is asked of every other provider, too
  IdentityProviderProperties: { type: 'object', nullable: true },
  // the file for Android is an array
  WellKnownURIRequest: { type: 'object', required: ['representation'] },
  // the SDK for Node sends objects for its arrays
  DynamicNetworkZone: { allOf: [{ $ref: '#/components/schemas/NetworkZone' }] },
  EnhancedDynamicNetworkZone: { allOf: [{ $ref: '#/components/schemas/NetworkZone' }] },
  // nothing is required of a hook there
  InlineHookCreate: { ...description.components.schemas.InlineHookCreate, required: ['name', 'type', 'version', 'channel'] },
  // the SDK for Node cannot send the kind of authentication, nor a token, that is asked for
  BaseEmailServer: { type: 'object' },
  BaseEmailServerCreate: { type: 'object', required: ['alias', 'host', 'port', 'username'] },
  LogStreamSettingsSplunk: { ...description.components.schemas.LogStreamSettingsSplunk, required: ['edition', 'host'] },
  // as written there, one letter is a name, and nothing is a duration
  AwsEventSourceName: { type: 'string', minLength: 1, maxLength: 75, pattern: '^[a-zA-Z0-9.\\-_]+$' },
  TimeDuration: { type: 'string', pattern: '^P(?!$)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?$' },
  // the SDK and Okta's guides write these in small letters, the description in capital ones
  AccessPolicyConstraint: withAnyCase(description.components.schemas.AccessPolicyConstraint, ['types', 'methods']),
  // OKTA is a provider there, too
  IdpPolicyRuleActionProvider: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' }, type: { type: 'string' } } },
  // providers made before this list was written have the names of SAML
  OidcSigningAlgorithm: { type: 'string' }
}

/** A schema whose members with these names are arrays of words that may be in small letters too. */
function withAnyCase (schema, names) {
  const inAnyCase = names.map((name) => {
    const { items } = schema.properties[name]
    return [name, { type: 'array', items: { ...items, enum: items.enum.flatMap((word) => [word, word.toLowerCase()]) } }]
  })
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(inAnyCase) } }
}

const schemas = {}

function resolve (node) {
  return node?.$ref === undefined ? node : resolve(node.$ref.split('/').slice(1).reduce((inner, name) => inner[name], description))
}

function nameOf (ref) {
  return ref.split('/').at(-1)
}

// a named schema is kept once; the reference is its name
function keep (ref) {
  const name = nameOf(ref)
  if (schemas[name] === undefined) {
    schemas[name] = {}
    Object.assign(schemas[name], reduce(CORRECTIONS[name] ?? resolve({ $ref: ref })))
  }
  return { $ref: name }
}

function reduce (schema) {
  if (schema.$ref !== undefined) return keep(schema.$ref)
  const reduced = Object.fromEntries(KEYWORDS.filter((keyword) => schema[keyword] !== undefined && schema[keyword] !== false).map((keyword) => [keyword, schema[keyword]]))
  if (schema.items !== undefined) reduced.items = reduce(schema.items)
  for (const keyword of ['allOf', 'oneOf', 'anyOf']) if (schema[keyword] !== undefined) reduced[keyword] = schema[keyword].map(reduce)
  if (schema.discriminator?.mapping !== undefined) {
    const { propertyName, mapping } = schema.discriminator
    reduced.discriminator = { propertyName, mapping: Object.fromEntries(Object.entries(mapping).map(([value, ref]) => [value, keep(ref).$ref])) }
  }
  // what Okta alone writes is ignored in a request
  const written = Object.entries(schema.properties ?? {}).filter(([, property]) => !property.readOnly && !resolve(property).readOnly)
  if (written.length > 0) reduced.properties = Object.fromEntries(written.map(([name, property]) => [name, reduce(property)]))
  const required = (schema.required ?? []).filter((name) => schema.properties?.[name] === undefined || written.some(([known]) => known === name))
  if (required.length > 0) reduced.required = required
  return reduced
}

// the members of what an operation answers with
function membersOf (schema) {
  const { properties = {}, allOf = [], oneOf = [], items } = resolve(schema) ?? {}
  return [...new Set([...Object.keys(properties), ...[...allOf, ...oneOf, ...(items ? [items] : [])].flatMap(membersOf)])]
}

function describe (path, method, operation) {
  const scopes = (operation.security ?? []).flatMap((security) => security.oauth2 ?? [])
  const [status, response] = Object.entries(operation.responses).find(([code]) => /^[23]/.test(code)) ?? []
  const answer = resolve(response)?.content?.['application/json']?.schema
  const bodies = resolve(operation.requestBody)?.content ?? {}
  const body = (bodies['application/json'] ?? bodies['application/merge-patch+json'])?.schema
  const limit = (operation.parameters ?? []).map(resolve).find(({ name }) => name === 'limit')?.schema
  const query = Object.fromEntries((operation.parameters ?? []).map(resolve)
    .filter((parameter) => parameter.in === 'query' && resolve(parameter.schema).enum !== undefined && parameter.name !== 'expand')
    .map(({ name, required = false, schema }) => [name, { values: resolve(schema).enum, ...(required ? { isRequired: true } : {}) }]))
  const shown = answer === undefined ? [] : membersOf(answer).filter((name) => ['id', 'created', 'createdBy', 'createdDate', 'lastUpdate', 'lastUpdated', 'lastUpdatedBy', 'status', 'system', '_links'].includes(name))
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path: path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path,
    ...(path.startsWith(PREFIX) ? {} : { isOutside: true }),
    ...(scopes[0] === undefined ? {} : { scope: scopes[0] }),
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(body === undefined ? {} : { body: reduce(body) }),
    ...(body !== undefined && resolve(operation.requestBody).required !== true ? { isBodyOptional: true } : {}),
    ...(body === undefined && Object.keys(bodies).length > 0 ? { upload: true } : {}),
    ...(limit === undefined ? {} : { page: { ...(limit.default === undefined ? {} : { default: limit.default }), ...(limit.maximum === undefined ? {} : { max: limit.maximum }) } }),
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(answer === undefined ? {} : { answer: resolve(answer).type === 'array' ? 'array' : 'object' }),
    ...(shown.length > 0 ? { shown } : {})
  }
}

const operations = Object.entries(description.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method] !== undefined).map((method) => describe(path, method, item[method])))
const reduced = {
  about: `Reduced from Okta's OpenAPI description of its Management API, ${description.info.version}, which is licensed under the Apache License 2.0.`,
  operations,
  schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b, 'en')))
}
writeFileSync(new URL('operations.json', import.meta.url), `${JSON.stringify(reduced)}\n`)
