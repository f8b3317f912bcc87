import { randomBytes } from 'node:crypto'
import type { Application } from '../../resources/apps/application.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import type { User } from '../../resources/users/user.js'
import { signJwt } from '../../tokens/sign.js'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import { invalidRequest, OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import { findLiveToken, verifySignature } from '../presented-token.js'
import { scopesOf } from '../provider/scopes.js'
import type { GrantRequest } from './grant-request.js'
import { ACCESS_TOKEN_TYPE } from './token-exchange.js'

const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token'
/** The type of an ID-JAG, as a request for one and its answer name it. */
const ID_JAG_TYPE = 'urn:ietf:params:oauth:token-type:id-jag'
/** The `typ` of its header. */
export const ID_JAG_HEADER = 'oauth-id-jag+jwt'
const LIFETIME_SECONDS = 300

/**
 * Issues an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant): the org says to one of its custom servers that a user
 * is signed in to this client. The subject token is an ID token or access token of the org's own server for the client.
 * Any client with the grant may have one for every server: does NOT know Okta's managed connections. A DPoP proof is verified, and does NOT bind the assertion.
 *
 * @throws {OAuthError} 400; the words are unconfirmed
 */
export async function issueIdJag (
  context: OAuthContext, { server: org, client, form }: GrantRequest
): Promise<Record<string, unknown>> {
  if (form.get('requested_token_type') !== ID_JAG_TYPE) {
    throw invalidRequest(`The 'requested_token_type' parameter must be ${ID_JAG_TYPE}.`)
  }
  const audience = requireParameter(form, 'audience')
  const [, serverId = ''] = audience.split('/oauth2/')
  const target = await context.servers.findCustom(serverId)
  if (target?.issuer !== audience) {
    throw new OAuthError(400, 'invalid_target', "The 'audience' parameter must be the issuer of an authorization server of this org.")
  }
  const user = await subjectOf(context, org, client, form)
  const [scope, resource] = [scopesOf(form.get('scope')).join(' '), form.get('resource')]
  const now = Math.floor(context.kernel.clock.now() / 1000)
  const idJag = signJwt({
    iss: org.issuer,
    aud: target.issuer,
    sub: user.id,
    client_id: client.id,
    jti: `IDAAG.${randomBytes(32).toString('base64url')}`,
    iat: now,
    exp: now + LIFETIME_SECONDS,
    email: user.profile.email,
    ...(scope === '' ? {} : { scope }),
    ...(resource === undefined ? {} : { resource })
  }, org.keys.idToken, { typ: ID_JAG_HEADER })
  return { token_type: 'N_A', expires_in: LIFETIME_SECONDS, access_token: idJag, issued_token_type: ID_JAG_TYPE }
}

async function subjectOf (context: OAuthContext, org: AuthorizationServer, client: Application, form: Form): Promise<User> {
  const type = requireParameter(form, 'subject_token_type')
  const token = requireParameter(form, 'subject_token')
  if (type !== ID_TOKEN_TYPE && type !== ACCESS_TOKEN_TYPE) {
    throw invalidRequest(`The 'subject_token_type' parameter must be ${ID_TOKEN_TYPE} or ${ACCESS_TOKEN_TYPE}.`)
  }
  const userId = type === ID_TOKEN_TYPE ? await userOfIdToken(context, org, client, token) : await userOfAccessToken(context, org, client, token)
  const user = userId === undefined ? undefined : context.kernel.store(Users).findById(userId)
  if (!isActive(user)) throw new OAuthError(400, 'invalid_grant', "The 'subject_token' is invalid.")
  return user
}

async function userOfIdToken ({ kernel }: OAuthContext, org: AuthorizationServer, client: Application, token: string): Promise<string | undefined> {
  const { jti, iss, aud, exp, sub } = await verifySignature(token, org.keys.published) ?? {}
  const isIdToken = String(jti).startsWith('ID.') && iss === org.issuer && aud === client.id
  return isIdToken && Number(exp) > kernel.clock.now() / 1000 ? String(sub) : undefined
}

async function userOfAccessToken (context: OAuthContext, org: AuthorizationServer, client: Application, token: string): Promise<string | undefined> {
  const live = await findLiveToken(context, org, token)
  // a token that is bound to a key is of use to the holder of the key only
  return live?.clientId === client.id && live.claims['cnf'] === undefined ? live.userId : undefined
}
