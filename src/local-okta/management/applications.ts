import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import type { Application } from '../org/applications.js'
import type { Org } from '../org/org.js'
import { representApplication, representApplicationGroup, representApplicationUser } from './application-representation.js'
import { readObject, readText } from './body.js'
import { notFound } from './errors.js'
import { cutPage } from './paging.js'
import type { Query } from './paging.js'
import { principalOf, requireScope } from './principal.js'
import { matching } from './user-lists.js'
import { findUser } from './users.js'

const READ = ['okta.apps.read', 'okta.apps.manage']
const MANAGE = 'okta.apps.manage'
const APPS_PAGE = { default: 20, maximum: 200 }
const USERS_PAGE = { default: 50, maximum: 500 }

/** `/apps`: reads the OpenID Connect apps, changes their settings, assigns people. Does NOT create or delete apps. */
export function registerApplications (app: FastifyInstance, context: LocalOktaContext): void {
  const { org } = context
  app.get('/apps', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const page = cutPage(listApplications(org, request.query as Query), request, reply, org.orgUrl, APPS_PAGE)
    return page.map((application) => representApplication(org, application))
  })
  app.get('/apps/:appId', async (request) => {
    requireScope(principalOf(request), ...READ)
    return representApplication(org, findApplication(org, request))
  })
  for (const [operation, status] of [['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const) {
    app.post(`/apps/:appId/lifecycle/${operation}`, async (request) => {
      requireScope(principalOf(request), MANAGE)
      findApplication(org, request).status = status
      return {}
    })
  }
  registerUserAssignments(app, context)
  registerGroupAssignments(app, context)
}

function registerUserAssignments (app: FastifyInstance, context: LocalOktaContext): void {
  const { org } = context
  app.get('/apps/:appId/users', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const application = findApplication(org, request)
    const users = org.users.all().filter(({ id }) => org.applications.assignmentOf(application.id, id) !== undefined)
    return cutPage(users, request, reply, org.orgUrl, USERS_PAGE).map((user) =>
      representApplicationUser(org, application, user, org.applications.assignmentOf(application.id, user.id) ?? 'USER'))
  })
  app.post('/apps/:appId/users', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const application = findApplication(org, request)
    const id = readText(readObject(request.body), 'id')
    const user = org.users.find(id)
    if (!user) throw notFound(id, 'User')
    org.applications.assignUser(application.id, user.id)
    return representApplicationUser(org, application, user, 'USER')
  })
  app.get('/apps/:appId/users/:userId', async (request) => {
    requireScope(principalOf(request), ...READ)
    const application = findApplication(org, request)
    const user = findUser(context, request)
    const scope = org.applications.assignmentOf(application.id, user.id)
    if (!scope) throw notFound(user.id, 'AppUser')
    return representApplicationUser(org, application, user, scope)
  })
  app.delete('/apps/:appId/users/:userId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    org.applications.unassignUser(findApplication(org, request).id, findUser(context, request).id)
    return reply.code(204).send()
  })
}

function registerGroupAssignments (app: FastifyInstance, { org }: LocalOktaContext): void {
  const assignedGroup = (request: FastifyRequest, application: Application): string => {
    const { groupId } = request.params as { groupId: string }
    if (!org.applications.groupIdsOf(application.id).includes(groupId)) throw notFound(groupId, 'UserGroup')
    return groupId
  }
  app.get('/apps/:appId/groups', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const application = findApplication(org, request)
    const groups = org.applications.groupIdsOf(application.id).map((id) => ({ id }))
    return cutPage(groups, request, reply, org.orgUrl, APPS_PAGE).map(({ id }) => representApplicationGroup(org, application, id))
  })
  app.get('/apps/:appId/groups/:groupId', async (request) => {
    requireScope(principalOf(request), ...READ)
    const application = findApplication(org, request)
    return representApplicationGroup(org, application, assignedGroup(request, application))
  })
  app.put('/apps/:appId/groups/:groupId', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const application = findApplication(org, request)
    const { groupId } = request.params as { groupId: string }
    if (!org.groups.findById(groupId)) throw notFound(groupId, 'UserGroup')
    org.applications.assignGroup(application.id, groupId)
    return representApplicationGroup(org, application, groupId)
  })
  app.delete('/apps/:appId/groups/:groupId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    const application = findApplication(org, request)
    org.applications.unassignGroup(application.id, assignedGroup(request, application))
    return reply.code(204).send()
  })
}

function listApplications ({ applications }: Org, { q, filter }: Query): Application[] {
  if (filter !== undefined) {
    return matching(applications.all(), filter, {
      ignoreCase: false,
      readProperty: ({ id, status, label }, path) => ({ id, status, label, name: 'oidc_client' })[path]
    })
  }
  const prefix = q?.toLowerCase() ?? ''
  return applications.all().filter(({ label }) => label.toLowerCase().startsWith(prefix))
}

function findApplication ({ applications }: Org, request: FastifyRequest): Application {
  const { appId } = request.params as { appId: string }
  const application = applications.findById(appId)
  if (!application) throw notFound(appId, 'AppInstance')
  return application
}
