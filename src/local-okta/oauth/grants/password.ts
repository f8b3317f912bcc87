import type { FastifyRequest } from 'fastify'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import { OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import { checkPassword } from '../authn/password-check.js'
import { grantScopes } from '../provider/grants.js'
import { scopesOf } from '../provider/scopes.js'
import { announceDenial } from '../sign-on/denial.js'
import { requirementOf } from '../sign-on/requirement.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { clientAddressOf } from '../../resources/policies/zones.js'

/** A request for tokens by a password, of a client that may use the grant. */
interface PasswordRequest {
  readonly server: AuthorizationServer
  readonly client: Application
  readonly request: FastifyRequest
}

/**
 * The password grant, which OAuth has given up and Okta still has. Gives the code of a device that the user has
 * approved with the password, for oidc-provider to exchange: it then issues every token as for other grants.
 *
 * @throws {OAuthError} 400 in Okta's words
 */
export async function approveByPassword (
  { kernel, servers }: OAuthContext, { server, client, request }: PasswordRequest
): Promise<string> {
  const form = request.body as Form
  const user = kernel.store(Users).find(requireParameter(form, 'username'))
  const password = requireParameter(form, 'password')
  const scopes = scopesOf(form.get('scope'))
  if (scopes.length === 0) throw new OAuthError(400, 'invalid_scope', 'No scopes were requested.')
  if (scopes.some((scope) => !server.scopes().includes(scope))) {
    throw new OAuthError(400, 'invalid_scope', 'One or more scopes are not configured for the authorization server resource.')
  }
  const isRight = isActive(user) && checkPassword(kernel, user, password) === 'RIGHT'
  if (!isRight || kernel.store(PasswordPolicies).expiresInMs(user) <= 0) throw new OAuthError(400, 'invalid_grant', 'The credentials provided were invalid.')
  const { isAllowed, deniedBy, secondFactor } = requirementOf(kernel, { user, ipAddress: clientAddressOf(kernel, request.raw), appId: client.id })
  announceDenial(kernel, { user, appId: client.id, deniedBy })
  if (!isAllowed || secondFactor === 'required') {
    throw new OAuthError(400, 'invalid_grant', 'Resource owner password credentials authentication denied by sign on policy.')
  }
  if (kernel.store(Applications).assignmentOf(client.id, user.id) === undefined) {
    throw new OAuthError(400, 'access_denied', 'User is not assigned to the client application.')
  }
  const provider = await servers.providerOf(server)
  const grant = new provider.Grant({ accountId: user.id, clientId: client.id })
  grantScopes(grant, server, scopes)
  const grantId = await grant.save()
  const engineClient = await provider.Client.find(client.id)
  const code = new provider.DeviceCode({
    accountId: user.id,
    client: engineClient,
    grantId,
    scope: scopes.join(' '),
    resource: server.issuer,
    // in the machine's time, as oidc-provider has it
    authTime: Math.floor(Date.now() / 1000),
    amr: ['pwd'],
    // access policies tell it from the grant of a device by this
    params: { grant_type: 'password' }
  } as never)
  return code.save()
}
