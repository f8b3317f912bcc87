import { invalid, OktaApiError } from '../../../kernel/errors.js'
import { isObject } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { Applications } from '../../apps/store.js'
import { Groups } from '../../groups/store.js'
import { toGroupView } from '../../groups/view.js'
import { granted, lifecycle } from '../definitions.js'
import type { Collection, RecordRequest } from '../definitions.js'
import { STANDARD_ROLES } from '../standard-roles.js'
import { Records } from '../store.js'
import type { StoredRecord } from '../store.js'
import type { Family } from './family.js'

/** Who can have a role: the path, and Okta's word for it. */
const ASSIGNEES = [
  { path: '/users/{userId}', type: 'USER', events: granted('user.account.privilege.grant', 'user.account.privilege.revoke') },
  { path: '/groups/{groupId}', type: 'GROUP', events: granted('group.privilege.grant', 'group.privilege.revoke') },
  { path: '/oauth2/v1/clients/{clientId}', type: 'CLIENT', events: granted('app.oauth2.client.privilege.grant', 'app.oauth2.client.privilege.revoke') }
]
const SETS = '/iam/resource-sets'
const BINDINGS = `${SETS}/{resourceSetIdOrLabel}/bindings`

/** Administrator roles, and who has them. They are kept and shown; an API token may do everything, and a service app what its scopes say. */
export const administrators: Family = {
  collections: [
    {
      path: '/iam/roles',
      prefix: 'cr0',
      type: 'Role',
      events: lifecycle('iam.role'),
      unique: 'label',
      alias: ({ label }) => label,
      wrapper: 'roles',
      make: ({ permissions, ...body }) => body,
      children: ({ permissions }) => textsIn(permissions).map((label) => ({ collection: 'permissions', body: { label } })),
      view: ({ orgUrl }, { key }, shown) => ({ ...shown, _links: { self: { href: `${orgUrl}/api/v1/iam/roles/${key}` }, permissions: { href: `${orgUrl}/api/v1/iam/roles/${key}/permissions` } } })
    },
    {
      path: '/iam/roles/{roleIdOrLabel}/permissions',
      prefix: 'irp',
      type: 'Permission',
      events: lifecycle('iam.role.permission'),
      key: ({ label }) => label,
      createsAtItem: 'POST',
      wrapper: 'permissions',
      view: ({ orgUrl }, { collection, key, created, lastUpdated }, shown) => ({
        ...shown, label: key, created, lastUpdated, _links: { self: { href: `${orgUrl}/api/v1${collection}/${key}` }, role: { href: `${orgUrl}/api/v1${collection.replace(/\/permissions$/, '')}` } }
      })
    },
    {
      path: SETS,
      prefix: 'iam',
      type: 'ResourceSet',
      events: lifecycle('iam.resourceset'),
      unique: 'label',
      alias: ({ label }) => label,
      wrapper: 'resource-sets',
      make: ({ resources, ...body }) => body,
      children: ({ resources }) => textsIn(resources).map((resource) => ({ collection: 'resources', body: toResource(resource) })),
      view: (kernel, record, shown) => ({ ...shown, _links: linksBelow(kernel, record, ['resources', 'bindings']) })
    },
    {
      path: `${SETS}/{resourceSetIdOrLabel}/resources`,
      prefix: 'ire',
      type: 'Resource',
      events: lifecycle('iam.resourceset.resource'),
      wrapper: 'resources',
      addition: toResource,
      make: ({ resourceOrnOrUrl, ...body }) => ({ ...resourceOrnOrUrl === undefined ? {} : toResource(resourceOrnOrUrl), ...body }),
      view: (_kernel, _record, { href, _links: links, ...shown }) => ({ ...shown, _links: { ...links as Json, ...(href === undefined ? {} : { resource: { href } }) } })
    },
    {
      path: BINDINGS,
      prefix: 'irb',
      type: 'ResourceSetBinding',
      events: lifecycle('iam.resourceset.bindings'),
      key: ({ role }) => role,
      of: '/iam/roles',
      wrapper: 'roles',
      make: ({ role, members, ...body }) => body,
      children: ({ members }) => textsIn(members).map((member) => ({ collection: 'members', body: { href: member } })),
      view: (kernel, record) => ({ id: record.key, _links: { ...linksBelow(kernel, record, ['members']), bindings: { href: hrefOfCollection(kernel, record) } } })
    },
    {
      path: `${BINDINGS}/{roleIdOrLabel}/members`,
      prefix: 'irm',
      type: 'ResourceSetBindingMember',
      events: lifecycle('iam.resourceset.bindings.member'),
      wrapper: 'members',
      addition: (href) => ({ href }),
      view: (_kernel, { key, created, lastUpdated, body }) => ({ id: key, created, lastUpdated, _links: { self: { href: body['href'] } } })
    },
    {
      path: '/iam/governance/bundles',
      prefix: 'enb',
      type: 'GovernanceBundle',
      events: lifecycle('iam.governance.bundle'),
      wrapper: 'bundles',
      hidden: ['entitlements'],
      view: (kernel, record, shown) => ({ ...shown, id: record.key, status: record.status, _links: linksBelow(kernel, record, ['entitlements']) })
    },
    ...ASSIGNEES.flatMap(({ path, type, events }) => roleCollections(path, type, events))
  ],
  fixed: [
    { path: '/iam/assignees/users', answer: (kernel) => ({ value: usersWithRoles(kernel) }) },
    { path: '/iam/governance/bundles/{bundleId}/entitlements', answer: (kernel, { params }) => ({ entitlements: entitlementsOf(kernel, params['bundleId'] ?? '') }) },
    { path: '/users/{userId}/roles/{roleAssignmentId}/governance', answer: () => ({ grants: [] }) },
    { path: '/users/{userId}/roles/{roleIdOrEncodedRoleId}/targets', answer: (kernel, { params }) => targetsOf(kernel, `/users/${params['userId'] ?? ''}/roles/${params['roleIdOrEncodedRoleId'] ?? ''}/targets`) }
  ]
}

function roleCollections (path: string, type: string, events: Collection['events']): Collection[] {
  const targets = `${path}/roles/{roleAssignmentId}/targets`
  return [
    { path: `${path}/roles`, prefix: type === 'GROUP' ? 'gra' : 'ra1', type: 'Role', events, make: (body, request) => ({ ...readRole(body, request), assignmentType: type }), alias: ({ type: name }) => name, view: toRoleView },
    {
      path: `${targets}/groups`,
      prefix: '00g',
      type: 'Group',
      events: lifecycle('iam.role.target'),
      of: '/groups',
      createsAtItem: 'PUT',
      view: (kernel, { key }) => toGroupView(kernel.orgUrl, kernel.store(Groups).get(key))
    },
    {
      path: `${targets}/catalog/apps`,
      prefix: '0oa',
      type: 'CatalogApplication',
      events: lifecycle('iam.role.target'),
      createsAtItem: 'PUT',
      items: ['{}', '{}/{}'],
      view: toCatalogApp
    }
  ]
}

// a role is assigned once
function readRole (body: Json, { kernel, path }: RecordRequest): Json {
  const { type, role, 'resource-set': set } = body
  const others = kernel.store(Records).in(path)
  if (type !== 'CUSTOM') {
    if (others.some((other) => other.body['type'] === type)) throw new OktaApiError('E0000090', undefined, ['The role specified is already assigned.'])
    return { type, label: STANDARD_ROLES[String(type)] }
  }
  const found = findByIdOrLabel(kernel, '/iam/roles', role)
  const resourceSet = findByIdOrLabel(kernel, SETS, set)
  if (!found) throw invalid('role', 'The role specified is not valid.')
  if (!resourceSet) throw invalid('resource-set', 'The resource set specified is not valid.')
  if (others.some((other) => other.body['role'] === found.key && other.body['resource-set'] === resourceSet.key)) throw new OktaApiError('E0000090', undefined, ['The role specified is already assigned.'])
  return { type, label: found.body['label'], role: found.key, 'resource-set': resourceSet.key }
}

function findByIdOrLabel (kernel: Kernel, collection: string, name: unknown): StoredRecord | undefined {
  return kernel.store(Records).in(collection).find(({ key, body }) => key === name || body['label'] === name)
}

function toRoleView ({ orgUrl }: Kernel, { collection, key, body, created, lastUpdated }: StoredRecord): Json {
  const { 'resource-set': set, role } = body
  const assignee = collection.startsWith('/oauth2/') ? `${orgUrl}${collection}` : `${orgUrl}/api/v1${collection}`
  return {
    ...body,
    id: key,
    status: 'ACTIVE',
    created,
    lastUpdated,
    _links: {
      assignee: { href: assignee.replace(/\/roles$/, '') },
      ...(role === undefined ? {} : { role: { href: `${orgUrl}/api/v1/iam/roles/${role}` } }),
      ...(set === undefined ? {} : { 'resource-set': { href: `${orgUrl}/api/v1${SETS}/${set}` } })
    }
  }
}

// `name` for every app of a kind, `name/id` for one of them
function toCatalogApp (kernel: Kernel, { key }: StoredRecord): Json {
  const [name = '', id] = key.split('/')
  const app = id === undefined ? undefined : kernel.store(Applications).findById(id)
  return { name, displayName: app?.label ?? name, ...(id === undefined ? {} : { id }), status: app?.status ?? 'ACTIVE' }
}

function targetsOf (kernel: Kernel, path: string): Json[] {
  const records = ['groups', 'catalog/apps'].flatMap((kind) => kernel.store(Records).in(`${path}/${kind}`))
  return records.map(({ collection, key }) => ({ assignmentType: 'USER', orn: `orn:okta:directory:local:${collection.endsWith('groups') ? 'groups' : 'apps'}:${key}` }))
}

function usersWithRoles (kernel: Kernel): Json[] {
  const owners = kernel.store(Records).all().flatMap(({ collection }) => /^\/users\/([^/]+)\/roles$/.exec(collection)?.[1] ?? [])
  return [...new Set(owners)].map((id) => {
    const href = `${kernel.orgUrl}/api/v1/users/${id}`
    return { id, orn: `orn:okta:directory:local:users:${id}`, _links: { self: { href }, roles: { href: `${href}/roles` } } }
  })
}

function entitlementsOf (kernel: Kernel, bundleId: string): unknown[] {
  const { entitlements } = kernel.store(Records).get('/iam/governance/bundles', bundleId, 'GovernanceBundle').body
  return Array.isArray(entitlements) ? entitlements : []
}

// a resource is written as its name (ORN) or as its address
function toResource (resource: unknown): Json {
  const name = isObject(resource) ? resource['resourceOrnOrUrl'] : resource
  return { ...(typeof name === 'string' && name.startsWith('orn:') ? { orn: name } : { href: name }) }
}

function textsIn (value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

function hrefOfCollection ({ orgUrl }: Kernel, { collection }: StoredRecord): string {
  return `${orgUrl}/api/v1${collection}`
}

function linksBelow (kernel: Kernel, record: StoredRecord, names: readonly string[]): Json {
  const href = `${hrefOfCollection(kernel, record)}/${record.key}`
  return { self: { href }, ...Object.fromEntries(names.map((name) => [name, { href: `${href}/${name}` }])) }
}
