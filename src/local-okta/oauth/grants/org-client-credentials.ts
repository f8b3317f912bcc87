import { randomBytes } from 'node:crypto'
import type { LocalOktaContext } from '../context.js'
import { authenticateClient } from '../client-authentication.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { invalidClient, OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import type { Application } from '../../resources/apps/application.js'
import { mintOrgAccessToken } from '../../tokens/mint.js'

const TOKEN_LIFETIME_SECONDS = 3600
// One nonce for as long as the org runs; Okta renews its own every day.
const NONCE = randomBytes(24).toString('base64url')

/** A request to `{org}/oauth2/v1/token`. */
export interface ServiceTokenRequest {
  authorization: string | undefined
  form: Form
  /** The URL that the client called. */
  url: string
  /** The DPoP proof, if there is one. */
  proof?: string
}

interface TokenAnswer {
  body: Record<string, unknown>
  headers: Record<string, string>
}

/**
 * Issues an access token for `okta.*` scopes to a service app that proves itself
 * with its private key. A DPoP proof binds the token only where the app is
 * configured for it; otherwise the token is a Bearer token, as Okta's is.
 *
 * @throws {OAuthError} in Okta's words
 */
export async function issueServiceToken (context: LocalOktaContext, request: ServiceTokenRequest): Promise<TokenAnswer> {
  const { org, usedIds } = context
  if (requireParameter(request.form, 'grant_type') !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server. ' +
      'Configured grant types: [client_credentials].')
  }
  const client = await authenticateClient({
    ...request, endpoints: [request.url, `${org.orgUrl}/oauth2/v1/token`], issuer: org.orgUrl
  }, org.applications, usedIds)
  if (client.authMethod !== 'private_key_jwt') {
    throw invalidClient('Client Credentials requests to the Org Authorization Server must use the private_key_jwt ' +
      'token_endpoint_auth_method.')
  }
  const scopes = grantedScopes(client, request.form)
  const thumbprint = client.dpopBoundAccessTokens ? await bind(context, request) : undefined
  const accessToken = await mintOrgAccessToken({ ...context }, {
    client: client.id, scopes, ...(thumbprint === undefined ? {} : { claims: { cnf: { jkt: thumbprint } } })
  })
  return {
    body: {
      token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
      expires_in: TOKEN_LIFETIME_SECONDS,
      access_token: accessToken,
      scope: scopes.join(' ')
    },
    headers: thumbprint === undefined ? {} : { 'dpop-nonce': NONCE }
  }
}

async function bind ({ usedIds }: LocalOktaContext, { proof, url }: ServiceTokenRequest): Promise<string> {
  if (proof === undefined) throw new OAuthError(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
  return verifyDpopProof({ proof, method: 'POST', url, nonce: NONCE }, usedIds)
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
