import type { FastifyRequest } from 'fastify'
import type { OAuthContext } from '../context.js'
import { invalidClient, OAuthError } from '../errors.js'
import type { Form } from '../form.js'
import type { Application } from '../../resources/apps/application.js'
import { mintOrgAccessToken } from '../mint.js'
import { readKeyThumbprint } from './key-binding.js'

const TOKEN_LIFETIME_SECONDS = 3600

interface TokenAnswer {
  body: Record<string, unknown>
  headers: Record<string, string>
}

/**
 * Issues an access token of the org's own server for `okta.*` scopes to a service app that proves itself
 * with its private key. A DPoP proof binds the token only where the app is
 * configured for it; otherwise the token is a Bearer token, as Okta's is.
 *
 * @throws {OAuthError} in Okta's words
 */
export async function issueServiceToken (context: OAuthContext, client: Application, request: FastifyRequest): Promise<TokenAnswer> {
  if (client.authMethod !== 'private_key_jwt') {
    throw invalidClient('Client Credentials requests to the Org Authorization Server must use the private_key_jwt ' +
      'token_endpoint_auth_method.')
  }
  const scopes = grantedScopes(client, request.body as Form)
  const thumbprint = client.dpopBoundAccessTokens ? await readKeyThumbprint(context, client, request) : undefined
  const accessToken = await mintOrgAccessToken(context, {
    client: client.id, scopes, ...(thumbprint === undefined ? {} : { claims: { cnf: { jkt: thumbprint } } })
  })
  return {
    body: {
      token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
      expires_in: TOKEN_LIFETIME_SECONDS,
      access_token: accessToken,
      scope: scopes.join(' ')
    },
    headers: thumbprint === undefined ? {} : { 'dpop-nonce': context.dpopNonce }
  }
}

function grantedScopes ({ grantedScopes: granted }: Application, form: Form): string[] {
  const requested = (form.get('scope') ?? '').split(' ').filter(Boolean)
  if (requested.length === 0) throw new OAuthError(400, 'invalid_scope', 'No scopes were requested.')
  if (requested.some((scope) => !scope.startsWith('okta.'))) {
    throw new OAuthError(400, 'invalid_scope', 'One or more scopes are not configured for the authorization server resource.')
  }
  const allowed = requested.filter((scope) => granted.includes(scope))
  if (allowed.length === 0) throw new OAuthError(400, 'consent_required', 'You are not allowed any of the requested scopes.')
  return allowed
}
