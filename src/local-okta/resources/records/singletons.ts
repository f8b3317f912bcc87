import { Applications } from '../apps/store.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Singleton } from './singleton.js'

const STANDARD_ATTRIBUTES = [
  'login', 'firstName', 'lastName', 'email', 'middleName', 'honorificPrefix', 'honorificSuffix', 'title', 'displayName', 'nickName', 'profileUrl',
  'secondEmail', 'mobilePhone', 'primaryPhone', 'streetAddress', 'city', 'state', 'zipCode', 'countryCode', 'postalAddress', 'preferredLanguage',
  'locale', 'timezone', 'userType', 'employeeNumber', 'costCenter', 'organization', 'division', 'department', 'managerId', 'manager'
]

/** The settings of the Management API, one line each. */
export const SINGLETONS: readonly Singleton[] = [
  { path: '/org', event: 'system.org.update', initial: ({ orgUrl }) => ({ companyName: 'Local Okta', website: orgUrl, status: 'ACTIVE', subdomain: 'localokta' }) },
  { path: '/org/captcha', event: 'system.org.update', initial: () => ({ captchaId: null, enabledPages: null }) },
  { path: '/org/preferences', event: 'system.org.update', initial: () => ({ showEndUserFooter: true }) },
  { path: '/org/settings/autoAssignAdminAppSetting', event: 'system.org.update', initial: () => ({ autoAssignAdminAppSetting: false }) },
  { path: '/org/settings/clientPrivilegesSetting', event: 'system.org.update', initial: () => ({ clientPrivilegesSetting: false }) },
  { path: '/org/orgSettings/thirdPartyAdminSetting', event: 'system.org.update', initial: () => ({ thirdPartyAdmin: false }) },
  { path: '/threats/configuration', event: 'security.threat.configuration.update', initial: () => ({ action: 'none', excludeZones: [] }) },
  { path: '/bot-protection/configuration', event: 'security.bot_protection.update', initial: () => ({}) },
  { path: '/rate-limit-settings/admin-notifications', event: 'system.rate_limit.configuration.update', initial: () => ({ notificationsEnabled: true }) },
  { path: '/rate-limit-settings/per-client', event: 'system.rate_limit.configuration.update', initial: () => ({ defaultMode: 'PREVIEW' }) },
  { path: '/rate-limit-settings/warning-threshold', event: 'system.rate_limit.configuration.update', initial: () => ({ warningThreshold: 90 }) },
  { path: '/meta/schemas/user/{schemaId}', event: 'user_schema.update', initial: (kernel, { params }) => userSchema(kernel, params['schemaId'] ?? ''), exists: (_kernel, key) => /^(default|osc\w{17})$/.test(key) },
  { path: '/meta/schemas/group/default', event: 'group_schema.update', initial: groupSchema },
  { path: '/meta/schemas/apps/{appId}/default', event: 'app_user_schema.update', initial: appUserSchema, exists: (kernel, key) => kernel.store(Applications).findById(key) !== undefined },
  { path: '/brands/{brandId}/pages/error/customized', event: 'system.brand.update', initial: () => ({}) },
  { path: '/brands/{brandId}/pages/error/preview', event: 'system.brand.update', initial: () => ({}) },
  { path: '/brands/{brandId}/pages/sign-in/customized', event: 'system.brand.update', initial: () => ({}) },
  { path: '/brands/{brandId}/pages/sign-in/preview', event: 'system.brand.update', initial: () => ({}) },
  { path: '/brands/{brandId}/pages/sign-out/customized', event: 'system.brand.update', initial: () => ({ type: 'OKTA_DEFAULT' }) }
]

/** The event types of the settings, with their display messages. */
export const SINGLETON_EVENT_TYPES: Readonly<Record<string, string>> = Object.fromEntries(SINGLETONS.map(({ event }) => [event, `Update ${event.split('.').slice(0, -1).join(' ').replaceAll('_', ' ')}`]))

function userSchema ({ orgUrl }: Kernel, schemaId: string): Json {
  const attributes = Object.fromEntries(STANDARD_ATTRIBUTES.map((name) => [name, attribute(name)]))
  return schema(`${orgUrl}/meta/schemas/user/${schemaId}`, 'user', 'User', { base: { id: '#base', type: 'object', properties: attributes, required: ['login', 'firstName', 'lastName', 'email'] } })
}

function groupSchema ({ orgUrl }: Kernel): Json {
  const properties = { name: { ...attribute('name'), required: true }, description: attribute('description') }
  return schema(`${orgUrl}/meta/schemas/group/default`, 'group', 'Okta group', { base: { id: '#base', type: 'object', properties, required: ['name'] } })
}

function appUserSchema (kernel: Kernel, { params }: { params: Readonly<Record<string, string>> }): Json {
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
