import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessTokenClaims, Directory, OktaUser, ProfileChanges } from 'fastify-okta'
import { DirectoryRequiredError, UserRequiredError } from '../../errors.js'
import { checkTimeZone, ProfileChangesBody, refuseBody } from './profile-changes.js'

const Claims = { description: 'The claims of the access token, as they are in it.', type: 'object', additionalProperties: true }
const Time = { anyOf: [{ type: 'string', description: 'ISO 8601, UTC.' }, { type: 'null' }] }
const User = {
  description: 'The user in the directory.',
  type: 'object',
  required: ['id', 'status', 'created', 'lastLogin', 'lastUpdated', 'profile'],
  properties: {
    id: { type: 'string' },
    status: { type: 'string', examples: ['ACTIVE'] },
    created: Time,
    lastLogin: Time,
    lastUpdated: Time,
    profile: {
      description: '`login`, `email`, `firstName`, `lastName`, `displayName`, `nickName`, `timezone`, `locale`, `preferredLanguage`: strings, or `null`.',
      type: 'object',
      additionalProperties: true
    }
  }
}

const Me = {
  description: 'The claims, the user and the groups of the caller. `user` is `null` without a directory, and if a client acts for itself.',
  type: 'object',
  required: ['claims', 'user', 'groups'],
  properties: {
    claims: Claims,
    user: { anyOf: [User, { type: 'null' }] },
    groups: { description: 'Names of groups: from the directory if there is one, else from the `groups` claim.', type: 'array', items: { type: 'string' } }
  }
}

/** `GET /me`: the caller's claims, user and groups. `PATCH /me`: the caller changes their own profile, in Okta. */
export async function me (app: FastifyInstance): Promise<void> {
  const { directory } = app.okta

  app.get('/me', {
    onRequest: app.okta.authenticate,
    schema: {
      operationId: 'readMe',
      summary: 'Returns the claims, the user and the groups of the caller',
      description: 'For every verified caller: users, and clients that act for themselves.',
      tags: ['account'],
      response: { 200: Me }
    }
  }, (request, reply) => {
    const claims = request.claims as AccessTokenClaims
    reply.header('vary', 'Authorization')
    return { claims, user: withoutGroups(request.oktaUser), groups: groupsOf(claims, request.oktaUser, directory) }
  })

  app.patch<{ Body: ProfileChanges }>('/me', {
    onRequest: [app.okta.requireScope('profile:write'), async request => { requireUser(request, directory) }],
    schema: {
      operationId: 'changeMe',
      summary: 'Changes the profile of the caller',
      description: 'Attributes that are left out stay as they are. Okta may refuse values too.',
      tags: ['account'],
      // without a directory nobody gets as far as a body
      ...(directory === null ? { response: {} } : { body: ProfileChangesBody, response: { 200: User } })
    },
    config: { documented: { refusals: directory === null ? [new UserRequiredError(), new DirectoryRequiredError()] : [new UserRequiredError()] } },
    schemaErrorFormatter: refuseBody
  }, async (request, reply) => {
    checkTimeZone(request.body)
    const { id } = request.oktaUser as OktaUser
    const user = await (directory as Directory).update(id, request.body)
    reply.header('vary', 'Authorization')
    return withoutGroups(user)
  })
}

/** Runs before the body is read, as everything that decides whether a caller may change a profile. */
function requireUser ({ oktaUser, claims }: FastifyRequest, directory: Directory | null): void {
  if (claims?.uid === undefined) throw new UserRequiredError()
  if (directory === null || oktaUser === null) throw new DirectoryRequiredError()
}

function withoutGroups (user: Readonly<OktaUser> | null): Omit<OktaUser, 'groups'> | null {
  if (user === null) return null
  const { groups, ...rest } = user
  return rest
}

/** From the directory if there is one: it is newer than the token. */
function groupsOf ({ groups }: AccessTokenClaims, user: Readonly<OktaUser> | null, directory: Directory | null): readonly string[] {
  if (directory !== null) return user?.groups.map(({ name }) => name) ?? []
  return Array.isArray(groups) ? groups.filter(group => typeof group === 'string') : []
}
