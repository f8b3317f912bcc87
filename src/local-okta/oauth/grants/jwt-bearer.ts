import { decodeProtectedHeader } from 'jose'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { JWT_BEARER } from '../capabilities.js'
import type { OAuthContext } from '../context.js'
import { OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import { issueAccessToken } from '../issue-access-token.js'
import { verifySignature } from '../presented-token.js'
import { offsetSeconds } from '../provider/org-time.js'
import { scopesOf } from '../provider/scopes.js'
import type { GrantRequest } from './grant-request.js'
import { ID_JAG_HEADER } from './id-jag.js'
import { requestedScopes } from './requested-scopes.js'

/**
 * The grant of RFC 7523 with an ID-JAG: an access token of this server for the user whom the org's assertion names. The
 * client must be the one that got the assertion, and each assertion is good once. The scopes are those of the assertion, or
 * fewer of them. Takes NO other assertions. The token has the claims of the server's other tokens, and not those that Okta
 * shows for agents (`scope`, `sub_profile`, `act`).
 *
 * @throws {OAuthError} 400; the words are unconfirmed
 */
export async function exchangeAssertion (
  context: OAuthContext, { server, client, form, thumbprint }: GrantRequest
): Promise<Record<string, unknown>> {
  const { sub, scope, jti, exp } = await verifyIdJag(context, server, client, requireParameter(form, 'assertion'))
  const user = context.kernel.store(Users).findById(String(sub))
  if (!isActive(user)) throw invalidAssertion()
  if (context.kernel.store(Applications).assignmentOf(client.id, user.id) === undefined) {
    throw new OAuthError(400, 'access_denied', 'User is not assigned to the client application.')
  }
  const granted = scopesOf(scope)
  const scopes = requestedScopes(server, new Map([['scope', form.get('scope') ?? granted.join(' ')]]), 'JWT bearer')
  if (granted.length > 0 && !scopes.every((name) => granted.includes(name))) {
    throw new OAuthError(400, 'invalid_scope', 'The assertion does not have all of the requested scopes.')
  }
  // used ids keep the machine's time
  if (!context.usedIds.consume(`id-jag ${String(jti)}`, Number(exp) - offsetSeconds(context.kernel.clock))) throw invalidAssertion('The assertion has already been used.')
  return issueAccessToken(context, server, { client, user, grantType: JWT_BEARER, scopes, authTime: undefined, thumbprint })
}

async function verifyIdJag (
  { kernel, servers }: OAuthContext, server: AuthorizationServer, client: Application, assertion: string
): Promise<Record<string, unknown>> {
  const org = await servers.org()
  const claims = await verifySignature(assertion, org.keys.published)
  if (!claims || decodeProtectedHeader(assertion).typ !== ID_JAG_HEADER || claims['iss'] !== org.issuer) throw invalidAssertion()
  if (claims['aud'] !== server.issuer) throw invalidAssertion('The audience of the assertion must be the issuer of this authorization server.')
  if (claims['client_id'] !== client.id) throw invalidAssertion('The assertion was issued to another client.')
  if (!(Number(claims['exp']) > kernel.clock.now() / 1000)) throw invalidAssertion('The assertion is expired.')
  return claims
}

function invalidAssertion (description = 'The assertion is invalid.'): OAuthError {
  return new OAuthError(400, 'invalid_grant', description)
}
