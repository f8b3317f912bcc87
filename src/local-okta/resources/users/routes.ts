import { invalid, OktaApiError, PreconditionFailedError } from '../../kernel/errors.js'
import { selectFields } from '../../kernel/fields.js'
import { readFlag } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Stores } from '../../kernel/route.js'
import { Groups } from '../groups/store.js'
import { toGroupView } from '../groups/view.js'
import { PasswordPolicies } from '../policies/password-policy.js'
import { Records } from '../crud/store.js'
import { checkProfileTypes } from './profile-schema.js'
import { clearedProfile, readProfile, readUserRequest } from './read.js'
import type { CredentialsRequest, UserRequest } from './read.js'
import { findUsers, userSortKey } from './search.js'
import { Users } from './store.js'
import { DEFAULT_TYPE_ID } from './user.js'
import type { AuthenticationProvider, NewUser, User } from './user.js'
import { entityTagOf, toListedUserView, toUserView } from './view.js'
import type { UserView } from './view.js'

const READ = 'okta.users.read'
const MANAGE = 'okta.users.manage'
const STORES = { users: Users, groups: Groups, records: Records, passwordPolicies: PasswordPolicies }

const { route, list } = routesOn(STORES)

/** `/users`: the people of the org. */
export const userRoutes = [
  list({
    path: '/users',
    scope: READ,
    page: { default: 200, max: 200, q: { default: 10, max: 200 } },
    items: ({ users }, { query }) => findUsers(users, query),
    view: ({ orgUrl }, user, request) => withoutOmitted(toListedUserView(orgUrl, user), request),
    sortKey: userSortKey,
    hasFields: true
  }),
  route({
    method: 'POST',
    path: '/users',
    scope: MANAGE,
    body: readUserRequest,
    answer: (stores, { body, query }) => toUserView(stores.orgUrl, createUser(stores, body, query))
  }),
  route({
    method: 'GET',
    path: '/users/{id}',
    scope: READ,
    headers: (view) => ({ etag: entityTagOf(view) }),
    answer: ({ users, orgUrl }, { params, principal, ...request }) => {
      const view = withoutOmitted(toUserView(orgUrl, users.get(params['id'] ?? '', principal)), request)
      const { fields } = request.query
      return fields === undefined ? view : selectFields(view, fields)
    }
  }),
  route({
    method: 'POST',
    path: '/users/{id}',
    scope: MANAGE,
    body: readUserRequest,
    answer: (stores, request) => toUserView(stores.orgUrl, updateUser(stores, request, { isFull: false }))
  }),
  route({
    method: 'PUT',
    path: '/users/{id}',
    scope: MANAGE,
    body: readUserRequest,
    answer: (stores, request) => toUserView(stores.orgUrl, updateUser(stores, request, { isFull: true }))
  }),
  route({
    method: 'DELETE',
    path: '/users/{id}',
    scope: MANAGE,
    status: 204,
    // the first call deactivates, the second deletes
    answer: ({ users }, { params, principal }) => {
      const user = users.get(params['id'] ?? '', principal)
      if (user.status === 'DEPROVISIONED') users.delete(user.id)
      else users.setStatus(user, 'DEPROVISIONED')
    }
  }),
  list({
    path: '/users/{id}/groups',
    scope: READ,
    page: { default: 200, max: 200 },
    items: ({ users, groups }, { params, principal }) => groups.ofUser(users.get(params['id'] ?? '', principal).id),
    view: ({ orgUrl }, group) => toGroupView(orgUrl, group)
  })
]

type UserStores = Stores<typeof STORES>

function createUser ({ users, groups, records, passwordPolicies }: UserStores, body: UserRequest, query: Query): User {
  checkProfileTypes(records, body.profile)
  requireType(records, body.typeId)
  const isActivated = readFlag(query, 'activate', true)
  const { password, isImported, recoveryQuestion } = body.credentials
  const mustChangePassword = readNextLogin(query)
  if (mustChangePassword && !isActivated) throw new OktaApiError('E0000125')
  if (mustChangePassword && password === undefined) throw new OktaApiError('E0000124')
  const groupIds = body.groupIds.map((id) => groups.get(id).id)
  const profile = readProfile(body.profile)
  if (password !== undefined) passwordPolicies.requireOfNewUser(groupIds, password, profile)
  const provider = readFlag(query, 'provider', false) ? requireProvider(body.credentials) : undefined
  const isSignedInElsewhere = provider !== undefined && provider.type !== 'OKTA'
  const newUser: NewUser = {
    profile,
    password: password ?? null,
    recoveryQuestion: recoveryQuestion === undefined ? null : completeQuestion(recoveryQuestion),
    ...(isImported ? { provider: { type: 'IMPORT', name: 'IMPORT' } } : provider ? { provider } : {}),
    ...(body.typeId === undefined ? {} : { typeId: body.typeId }),
    ...(body.realmId === undefined ? {} : { realmId: body.realmId }),
    ...(!isActivated ? { status: 'STAGED' } : isImported || isSignedInElsewhere ? { status: 'ACTIVE' } : {})
  }
  const user = users.create(newUser)
  for (const id of groupIds) groups.addUser(groups.get(id), user.id)
  return mustChangePassword ? users.setStatus(user, 'PASSWORD_EXPIRED') : user
}

function updateUser (
  { users, records, passwordPolicies, orgUrl }: UserStores, { params, principal, headers, body }: ApiRequest<UserRequest>, { isFull }: { isFull: boolean }
): User {
  const user = users.get(params['id'] ?? '', principal)
  requireMatch(headers['if-match'], toUserView(orgUrl, user))
  if (user.status === 'DEPROVISIONED') throw new OktaApiError('E0000038')
  if (body.typeId !== undefined && body.typeId !== user.typeId && !isFull) throw invalid('type', 'can be changed by a full update only')
  checkProfileTypes(records, body.profile)
  requireType(records, body.typeId)
  const profile = readProfile({ ...(isFull ? clearedProfile(user) : user.profile), ...body.profile })
  const { password, recoveryQuestion } = body.credentials
  if (password !== undefined) passwordPolicies.require({ ...user, profile }, password)
  let updated = users.updateProfile(user, profile)
  if (body.typeId !== undefined) updated = users.setType(updated, body.typeId)
  if (password !== undefined) updated = users.setPassword(updated, password)
  if (recoveryQuestion !== undefined) updated = users.setRecoveryQuestion(updated, completeQuestion(recoveryQuestion, user))
  return updated
}

function requireType (records: Records, typeId?: string): void {
  if (typeId === undefined || typeId === DEFAULT_TYPE_ID || records.find('/meta/types/user', typeId)) return
  throw invalid('type', 'The user type does not exist')
}

function readNextLogin ({ nextLogin }: Query): boolean {
  if (nextLogin !== undefined && nextLogin !== 'changePassword') throw invalid('nextLogin', 'must be changePassword')
  return nextLogin !== undefined
}

function requireProvider ({ provider }: CredentialsRequest): AuthenticationProvider {
  if (!provider) throw invalid('credentials.provider', 'The field cannot be left blank')
  return provider
}

// sent back as it was shown, a question has no answer: the stored one stays
function completeQuestion ({ question, answer }: { question: string, answer: string | undefined }, user?: User): { question: string, answer: string } {
  if (answer !== undefined && answer !== '') return { question, answer }
  const stored = user?.recoveryQuestion
  if (stored?.question !== question) throw invalid('recovery_question.answer', 'The field cannot be left blank')
  return stored
}

// Okta documents the header; that the refusal is 412 is unconfirmed
function requireMatch (ifMatch: unknown, view: unknown): void {
  if (typeof ifMatch !== 'string' || ifMatch === '*') return
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (!tags.includes(entityTagOf(view))) throw new PreconditionFailedError()
}

const CREDENTIAL_LINKS = new Set(['resetPassword', 'expirePassword', 'changePassword', 'forgotPassword', 'changeRecoveryQuestion'])

// `okta-response=omitCredentials,omitCredentialsLinks` in the content type makes the answer smaller
function withoutOmitted (view: UserView, { headers }: Pick<ApiRequest, 'headers'>): Record<string, unknown> {
  const [, list] = /okta-response="?([\w,]+)/i.exec(String(headers['content-type'] ?? '')) ?? []
  if (list === undefined) return view
  const omitted = new Set(list.split(','))
  const { credentials, _links: links, ...rest } = view
  return {
    ...rest,
    ...(omitted.has('omitCredentials') ? {} : { credentials }),
    _links: omitted.has('omitCredentialsLinks')
      ? Object.fromEntries(Object.entries(links).filter(([name]) => !CREDENTIAL_LINKS.has(name)))
      : links
  }
}
