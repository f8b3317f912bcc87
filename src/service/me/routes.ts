import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccessTokenClaims, Directory, OktaUser, ProfileChanges } from '../../index.js'
import { DirectoryRequiredError, UserRequiredError } from '../errors.js'
import { checkTimeZone, ProfileChangesBody, refuseBody } from './profile-changes.js'

const OpenObject = Type.Object({}, { additionalProperties: true })
const User = Type.Union([OpenObject, Type.Null()])

const Me = Type.Object({
  claims: OpenObject,
  user: User,
  groups: Type.Array(Type.String())
})

/** `GET /me`: what is known of the caller. `PATCH /me`: the caller changes their own profile, in Okta. */
export async function me (app: FastifyInstance): Promise<void> {
  const { directory } = app.okta

  app.get('/me', {
    onRequest: app.okta.authenticate,
    schema: { response: { 200: Me } }
  }, (request, reply) => {
    const claims = request.claims as AccessTokenClaims
    reply.header('vary', 'Authorization')
    return { claims, user: withoutGroups(request.oktaUser), groups: groupsOf(claims, request.oktaUser, directory) }
  })

  app.patch<{ Body: ProfileChanges }>('/me', {
    onRequest: [app.okta.requireScope('profile:write'), async request => { requireUser(request, directory) }],
    schema: { body: ProfileChangesBody, response: { 200: OpenObject } },
    schemaErrorFormatter: refuseBody
  }, async (request, reply) => {
    checkTimeZone(request.body)
    const { id } = request.oktaUser as OktaUser
    const user = await (directory as Directory).update(id, request.body)
    reply.header('vary', 'Authorization')
    return withoutGroups(user)
  })
}

/** Before the body is read, as all that decides whether a caller may. */
function requireUser ({ oktaUser, claims }: FastifyRequest, directory: Directory | null): void {
  if (claims?.uid === undefined) throw new UserRequiredError()
  if (directory === null || oktaUser === null) throw new DirectoryRequiredError()
}

function withoutGroups (user: Readonly<OktaUser> | null): Omit<OktaUser, 'groups'> | null {
  if (user === null) return null
  const { groups, ...rest } = user
  return rest
}

/** The directory's, where there is one: what a token says of groups is old by then. */
function groupsOf ({ groups }: AccessTokenClaims, user: Readonly<OktaUser> | null, directory: Directory | null): readonly string[] {
  if (directory !== null) return user?.groups.map(({ name }) => name) ?? []
  return Array.isArray(groups) ? groups.filter(group => typeof group === 'string') : []
}
