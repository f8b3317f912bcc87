import { existsSync, readFileSync } from 'node:fs'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

/** Okta's own description of the Management API, beside the project where there is one. */
const DESCRIPTION = '../shared/okta-openapi/management.json'

export type Json = Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any -- OpenAPI, looked into by hand

export interface Operation {
  readonly id: string
  readonly scopes: string[]
  readonly maxLimit: number | undefined
  /** By status. */
  readonly schemas: Record<string, Json | undefined>
  readonly body: Json | undefined
}

const isAbsent = !existsSync(DESCRIPTION)
export const skip = isAbsent && 'Okta\'s description is not beside the project'
export const description: Json = isAbsent ? {} : JSON.parse(readFileSync(DESCRIPTION, 'utf8'))

export function operationFor (method: string, path: string): Operation | undefined {
  const template = templatesByPath().get(withoutNames(path))
  const found: Json | undefined = template === undefined ? undefined : description['paths'][template][method.toLowerCase()]
  if (!found) return undefined
  const parameters: Json[] = (found['parameters'] ?? []).map(resolve)
  return {
    id: found['operationId'],
    scopes: (found['security'] ?? []).flatMap((security: Json) => Object.values(security).flat()),
    body: found['requestBody'] && resolve(found['requestBody']).content?.['application/json']?.schema,
    maxLimit: parameters.find(({ name }) => name === 'limit')?.['schema'].maximum,
    schemas: Object.fromEntries(Object.entries(found['responses'] as Json).map(([status, response]) => [status, absolute(resolve(response).content?.['application/json']?.schema)]))
  }
}

let templates: Map<string, string> | undefined

// most paths are below /api/v1, and named without it
function templatesByPath (): Map<string, string> {
  return (templates ??= new Map(Object.keys(description['paths']).map(known => [withoutNames(known.replace(/^\/api\/v1/, '')), known])))
}

export function withoutNames (template: string): string {
  return template.replace(/\{\w+\}/g, '{}')
}

export function matches (template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{\w*\}/g, '[^/]+')}$`).test(path)
}

export function resolve (node: Json): Json {
  const reference: string | undefined = node['$ref']
  return reference === undefined ? node : reference.split('/').slice(1).reduce((inner, name) => inner[name], description)
}

/** The references of a schema as seen from outside the description. */
function absolute (schema: Json | undefined): Json | undefined {
  return schema && JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"okta#/'))
}

/** Makes a function that says what is wrong with a value. The validator is Fastify's own, set to change nothing. */
export async function createValidator (): Promise<(schema: Json, value: unknown) => unknown[]> {
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true, strict: false } as never } })
  app.addSchema({ $id: 'okta', components: JSON.parse(JSON.stringify(description['components'], (_name, node: unknown) => isObject(node) ? acceptNull(node) : node)) })
  const compile = await compilerOf(app)
  const validators = new Map<string, (value: unknown) => unknown[]>()
  return function validate (schema, value) {
    const exact = withDiscriminators(schema, value)
    const key = JSON.stringify(exact)
    const known = validators.get(key) ?? compile(exact)
    validators.set(key, known)
    return known(value)
  }
}

async function compilerOf (app: FastifyInstance): Promise<(schema: Json) => (value: unknown) => unknown[]> {
  let compile: ((schema: Json) => (value: unknown) => unknown[]) | undefined
  app.get('/', async request => {
    compile = schema => {
      const validate = request.compileValidationSchema(schema)
      return value => validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    }
    return ''
  })
  await app.inject('/')
  if (!compile) throw new Error('the application did not answer')
  return compile
}

/** OpenAPI 3.0's `nullable` stands beside references and combinations too, where JSON Schema does not know it. */
function acceptNull ({ nullable, ...schema }: Json): Json {
  if (nullable !== true) return schema
  return 'type' in schema && !('enum' in schema) ? { ...schema, nullable } : { anyOf: [schema, { type: 'null' }] }
}

/** What a discriminator says of a value, in place of the schema that has it. */
function withDiscriminators (schema: Json, value: unknown): Json {
  if (schema['type'] === 'array' && Array.isArray(value) && value.length > 0) return { type: 'array', items: withDiscriminators(schema['items'], value[0]) }
  const { discriminator } = typeof schema['$ref'] === 'string' ? resolve({ $ref: schema['$ref'].replace('okta#', '#') }) : schema
  const mapped = discriminator && isObject(value) ? discriminator.mapping[String(value[discriminator.propertyName])] : undefined
  return mapped === undefined ? schema : { $ref: mapped.replace(/^#/, 'okta#') }
}

function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
