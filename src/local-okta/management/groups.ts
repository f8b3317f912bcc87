import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import type { Group } from '../org/groups.js'
import type { Org } from '../org/org.js'
import { representApplication } from './application-representation.js'
import { readMember, readObject, readText } from './body.js'
import type { Json } from './body.js'
import { invalid, notFound, OktaApiError } from './errors.js'
import { readGroupProperty, representGroup } from './group-representation.js'
import { cutPage } from './paging.js'
import type { Query } from './paging.js'
import { principalOf, requireScope } from './principal.js'
import { matching } from './user-lists.js'
import { representListedUser } from './user-representation.js'
import { findUser } from './users.js'

const READ = ['okta.groups.read', 'okta.groups.manage']
const MANAGE = 'okta.groups.manage'
const GROUPS_PAGE = { default: 200, maximum: 10_000 }
const MEMBERS_PAGE = { default: 1000, maximum: 1000 }
const APPS_PAGE = { default: 20, maximum: 200 }

/** `/groups`: the groups of the org and who is in them. */
export function registerGroups (app: FastifyInstance, context: LocalOktaContext): void {
  const { org } = context
  app.get('/groups', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const groups = cutPage(listGroups(org, request.query as Query), request, reply, org.orgUrl, GROUPS_PAGE)
    return groups.map((group) => representGroup(org, group))
  })
  app.post('/groups', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const profile = readGroupProfile(org, readObject(request.body))
    return representGroup(org, org.groups.create(profile))
  })
  app.get('/groups/:groupId', async (request) => {
    requireScope(principalOf(request), ...READ)
    return representGroup(org, findGroup(org, request))
  })
  app.put('/groups/:groupId', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const group = findOktaGroup(org, request)
    org.groups.updateProfile(group, readGroupProfile(org, readObject(request.body), group))
    return representGroup(org, group)
  })
  app.delete('/groups/:groupId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    const { id } = findOktaGroup(org, request)
    org.groups.delete(id)
    org.applications.forgetGroup(id)
    return reply.code(204).send()
  })
  registerMembership(app, context)
}

function registerMembership (app: FastifyInstance, context: LocalOktaContext): void {
  const { org } = context
  app.get('/groups/:groupId/users', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const members = org.groups.membersOf(findGroup(org, request))
    return cutPage(members, request, reply, org.orgUrl, MEMBERS_PAGE).map((user) => representListedUser(org, user))
  })
  app.put('/groups/:groupId/users/:userId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    org.groups.addUser(findOktaGroup(org, request), findUser(context, request).id)
    return reply.code(204).send()
  })
  app.delete('/groups/:groupId/users/:userId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    org.groups.removeUser(findOktaGroup(org, request), findUser(context, request).id)
    return reply.code(204).send()
  })
  app.get('/groups/:groupId/apps', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const { id } = findGroup(org, request)
    const applications = org.applications.all().filter((application) => org.applications.groupIdsOf(application.id).includes(id))
    return cutPage(applications, request, reply, org.orgUrl, APPS_PAGE).map((application) => representApplication(org, application))
  })
}

function listGroups ({ groups }: Org, { q, filter, search }: Query): Group[] {
  const expression = search ?? filter
  if (expression !== undefined) {
    return matching(groups.all(), expression, { readProperty: readGroupProperty, ignoreCase: search !== undefined })
  }
  const prefix = q?.toLowerCase() ?? ''
  return groups.all().filter(({ profile }) => profile.name.toLowerCase().startsWith(prefix))
}

function findGroup ({ groups }: Org, request: FastifyRequest): Group {
  const { groupId } = request.params as { groupId: string }
  const group = groups.findById(groupId)
  if (!group) throw notFound(groupId, 'UserGroup')
  return group
}

// Imported groups and Everyone are kept by others.
function findOktaGroup (org: Org, request: FastifyRequest): Group {
  const group = findGroup(org, request)
  if (group.type !== 'OKTA_GROUP') throw new OktaApiError('E0000006')
  return group
}

function readGroupProfile ({ groups }: Org, body: Json, self?: Group): { name: string, description: string | null } {
  const profile = readMember(body, 'profile')
  const name = readText(profile, 'name')
  if (name.length > 255) throw invalid('name', 'The field is too long')
  if (groups.all().some((group) => group !== self && group.type !== 'APP_GROUP' && group.profile.name === name)) {
    throw invalid('name', 'An object with this field already exists in the current organization')
  }
  return { name, description: typeof profile['description'] === 'string' ? profile['description'] : null }
}
