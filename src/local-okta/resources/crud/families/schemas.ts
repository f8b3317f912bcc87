import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import type { Params } from '../definitions.js'
import type { Family } from './family.js'

const STANDARD_ATTRIBUTES = [
  'login', 'firstName', 'lastName', 'email', 'middleName', 'honorificPrefix', 'honorificSuffix', 'title', 'displayName', 'nickName', 'profileUrl',
  'secondEmail', 'mobilePhone', 'primaryPhone', 'streetAddress', 'city', 'state', 'zipCode', 'countryCode', 'postalAddress', 'preferredLanguage',
  'locale', 'timezone', 'userType', 'employeeNumber', 'costCenter', 'organization', 'division', 'department', 'managerId', 'manager'
]

/** The schema of the default user type. */
export const USER_SCHEMA_ID = 'osc00000000000000001'

/** The schemas of profiles. */
export const schemas: Family = {
  singletons: [
    {
      path: '/meta/schemas/user/{schemaId}',
      event: 'user_schema.update',
      initial: (kernel, { params }) => userSchema(kernel, params['schemaId'] === 'default' ? USER_SCHEMA_ID : params['schemaId'] ?? ''),
      exists: (_kernel, key) => /^(default|osc\w{17})$/.test(key),
      synonyms: { default: USER_SCHEMA_ID }
    },
    { path: '/meta/schemas/group/default', event: 'group_schema.update', initial: groupSchema },
    { path: '/meta/schemas/apps/{appId}/default', event: 'app_user_schema.update', initial: appUserSchema }
  ]
}

function userSchema ({ orgUrl }: Kernel, schemaId: string): Json {
  const attributes = Object.fromEntries(STANDARD_ATTRIBUTES.map((name) => [name, attribute(name)]))
  return {
    ...schema(`${orgUrl}/meta/schemas/user/${schemaId}`, 'user', 'User', { base: { id: '#base', type: 'object', properties: attributes, required: ['login', 'firstName', 'lastName', 'email'] } }),
    _links: { self: { href: `${orgUrl}/api/v1/meta/schemas/user/${schemaId}` }, type: { href: `${orgUrl}/api/v1/meta/types/user/oty${schemaId.slice(3)}` } }
  }
}

function groupSchema ({ orgUrl }: Kernel): Json {
  const properties = { name: { ...attribute('name'), required: true }, description: attribute('description') }
  return schema(`${orgUrl}/meta/schemas/group/default`, 'group', 'Okta group', { base: { id: '#base', type: 'object', properties, required: ['name'] } })
}

function appUserSchema (kernel: Kernel, { params }: { params: Params }): Json {
  const appId = params['appId'] ?? ''
  const properties = { userName: { ...attribute('userName'), required: true } }
  return schema(`${kernel.orgUrl}/meta/schemas/apps/${appId}/default`, 'app_user', 'App User', { base: { id: '#base', type: 'object', properties, required: ['userName'] } })
}

function schema (id: string, name: string, title: string, definitions: Json): Json {
  return {
    id,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name,
    title,
    type: 'object',
    definitions: { custom: { id: '#custom', type: 'object', properties: {}, required: [] }, ...definitions },
    properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } }
  }
}

function attribute (name: string): Json {
  const title = name.replace(/([A-Z])/g, ' $1').replace(/^./, (first) => first.toUpperCase())
  return { title, type: 'string', mutability: 'READ_WRITE', scope: 'NONE', permissions: [{ principal: 'SELF', action: 'READ_ONLY' }], master: { type: 'PROFILE_MASTER' } }
}
