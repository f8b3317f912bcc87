import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import type { User, UserProfile } from '../org/users.js'
import { readMember, readObject, readText, readTexts } from './body.js'
import type { Json } from './body.js'
import { invalid, notFound, OktaApiError } from './errors.js'
import { representGroup } from './group-representation.js'
import { cutPage } from './paging.js'
import type { Query } from './paging.js'
import { principalOf, requireScope } from './principal.js'
import { listUsers } from './user-lists.js'
import { representListedUser, representUser } from './user-representation.js'

const READ = ['okta.users.read', 'okta.users.manage']
const MANAGE = 'okta.users.manage'
const PAGE = { default: 200, maximum: 200 }
const UNPAGED = { default: 10, maximum: 200 }

/** `/users`: the people of the org. */
export function registerUsers (app: FastifyInstance, context: LocalOktaContext): void {
  const { org } = context
  app.get('/users', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const query = request.query as Query
    const users = cutPage(listUsers(org, query), request, reply, org.orgUrl, query['q'] === undefined ? PAGE : UNPAGED)
    return users.map((user) => representListedUser(org, user))
  })
  app.post('/users', async (request) => {
    requireScope(principalOf(request), MANAGE)
    return representUser(org, createUser(context, readObject(request.body), request.query as Query))
  })
  app.get('/users/:userId', async (request) => {
    requireScope(principalOf(request), ...READ)
    return representUser(org, findUser(context, request))
  })
  app.post('/users/:userId', async (request) => {
    requireScope(principalOf(request), MANAGE)
    return representUser(org, updateUser(context, findUser(context, request), readObject(request.body), false))
  })
  app.put('/users/:userId', async (request) => {
    requireScope(principalOf(request), MANAGE)
    return representUser(org, updateUser(context, findUser(context, request), readObject(request.body), true))
  })
  app.delete('/users/:userId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    deleteUser(context, findUser(context, request))
    return reply.code(204).send()
  })
  app.get('/users/:userId/groups', async (request, reply) => {
    requireScope(principalOf(request), ...READ)
    const groups = org.groups.ofUser(findUser(context, request).id)
    return cutPage(groups, request, reply, org.orgUrl, PAGE).map((group) => representGroup(org, group))
  })
}

/**
 * The user a path names: by id, by login, or as `me`.
 *
 * @throws {OktaApiError} 404 E0000007
 */
export function findUser ({ org }: LocalOktaContext, request: FastifyRequest): User {
  const { userId } = request.params as { userId: string }
  const id = userId === 'me' ? principalOf(request).userId ?? userId : userId
  const user = org.users.find(id)
  if (!user) throw notFound(userId, 'User')
  return user
}

function createUser ({ org }: LocalOktaContext, body: Json, { activate }: Query): User {
  const profile = readProfile(readMember(body, 'profile'))
  rejectTakenLogin(org.users.find(profile.login), profile.login)
  const groups = readTexts(body, 'groupIds').map((id) => {
    const group = org.groups.findById(id)
    if (!group) throw notFound(id, 'UserGroup')
    return group
  })
  const password = readPassword(body) ?? null
  const user = org.users.create({ profile, password, ...(activate === 'false' ? { status: 'STAGED' } : {}) })
  for (const group of groups) org.groups.addUser(group, user.id)
  return user
}

function updateUser ({ org }: LocalOktaContext, user: User, body: Json, isFull: boolean): User {
  if (user.status === 'DEPROVISIONED') throw new OktaApiError('E0000038')
  const named = readMember(body, 'profile')
  const cleared = isFull ? Object.fromEntries(Object.keys(user.profile).map((name) => [name, null])) : {}
  const profile = readProfile({ ...(isFull ? cleared : user.profile), ...named })
  const other = org.users.find(profile.login)
  if (other !== user) rejectTakenLogin(other, profile.login)
  const password = readPassword(body)
  if (password !== undefined) org.users.setPassword(user, password)
  org.users.updateProfile(user, profile)
  return user
}

function readProfile (profile: Json): UserProfile {
  const login = readText(profile, 'login')
  if (!/^[^\s@]+@[^\s@]+$/.test(login)) throw invalid('login', 'Username must be in the form of an email address')
  if (login.length > 100) throw invalid('login', 'The field is too long')
  const email = readText(profile, 'email')
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw invalid('email', 'Does not match required pattern')
  return { ...profile, login, email, firstName: readText(profile, 'firstName'), lastName: readText(profile, 'lastName') }
}

function readPassword (body: Json): string | undefined {
  const password = readMember(readMember(body, 'credentials'), 'password')
  return password['value'] === undefined ? undefined : readText(password, 'value')
}

function rejectTakenLogin (other: User | undefined, login: string): void {
  if (other?.profile.login.toLowerCase() !== login.toLowerCase()) return
  throw invalid('login', 'An object with this field already exists in the current organization')
}

// The first call deactivates, the second deletes.
function deleteUser ({ org, store }: LocalOktaContext, user: User): void {
  store.forgetUser(user.id, true)
  if (user.status !== 'DEPROVISIONED') {
    org.users.setStatus(user, 'DEPROVISIONED')
    return
  }
  org.users.delete(user.id)
  org.groups.forgetUser(user.id)
  org.applications.forgetUser(user.id)
}
