import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'

type ProviderError = InstanceType<typeof OidcProvider.errors.OIDCProviderError>

interface Refusal {
  status: number
  error: string
  description: string
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const DEAD_GRANT: Readonly<Record<string, string>> = {
  authorization_code: 'The authorization code is invalid or has expired.',
  refresh_token: 'The refresh token is invalid or expired.',
  password: 'The credentials provided were invalid.',
  [DEVICE_CODE]: 'The device code is invalid or has expired.'
}

// by oidc-provider's own words, which are either its description or its detail
const REFUSALS: Readonly<Record<string, Refusal>> = {
  'client not found': refusal(401, 'invalid_client', "Invalid value for 'client_id' parameter."),
  'invalid secret provided': refusal(401, 'invalid_client',
    'The client secret supplied for a confidential client is invalid.'),
  'no client authentication mechanism provided': refusal(401, 'invalid_client', 'No client credentials found.'),
  'client authentication must only be provided using one mechanism': refusal(401, 'invalid_request',
    'Cannot supply multiple client credentials. Include credentials in either the header or in the post body, but not both.'),
  'code_verifier must be provided': refusal(400, 'invalid_request', 'PKCE code verifier is required by the application.'),
  'code_verifier does not match code_challenge': refusal(400, 'invalid_grant', 'PKCE verification failed.'),
  'authorization code redirect_uri mismatch': refusal(400, 'invalid_grant',
    "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
}

const BY_ERROR: Readonly<Record<string, Refusal>> = {
  invalid_client: refusal(401, 'invalid_client',
    'Client authentication failed. Either the client or the client credentials are invalid.'),
  authorization_pending: refusal(400, 'authorization_pending',
    'The device authorization is pending. Please try again later.'),
  expired_token: refusal(400, 'expired_token', 'The device code has expired.')
}

const AUTHORIZATION_DESCRIPTIONS: Readonly<Record<string, string>> = {
  'Authorization Server policy requires PKCE to be used for this request':
    'PKCE code challenge is required by the application.',
  'End-User authentication is required': 'The client specified not to prompt, but the user is not logged in.',
  'End-User authentication could not be obtained':
    'The client specified not to prompt, but the client app requires re-authentication or MFA.'
}

/** Makes the token and device endpoints refuse with Okta's words and statuses. */
export function registerErrorTexts (provider: Provider): void {
  provider.on('grant.error', answer)
  provider.on('device_authorization.error', answer)
}

function answer (ctx: KoaContextWithOIDC, error: ProviderError): void {
  const told = tell(ctx, error)
  if (!told) return
  ctx.status = told.status
  ctx.body = { error: told.error, error_description: told.description }
}

/** Okta's words for a description that `/authorize` sends back to the app; unknown ones stay as they are. */
export function authorizationDescription (description: string): string {
  return AUTHORIZATION_DESCRIPTIONS[description] ?? description
}

function tell (ctx: KoaContextWithOIDC, error: ProviderError): Refusal | undefined {
  const { error_description: description = '', error_detail: detail = '' } = error
  if (description === 'requested grant type is not allowed for this client') return unauthorizedClient(ctx)
  const known = REFUSALS[detail] ?? REFUSALS[description] ?? BY_ERROR[error.error]
  if (known) return known
  if (error.error === 'unsupported_grant_type') {
    return refusal(400, error.error, 'The authorization grant type is not supported by the authorization server. ' +
      'Configured grant types: [authorization_code, refresh_token, client_credentials, password, ' + DEVICE_CODE + '].')
  }
  const grantType = String(ctx.oidc.params?.['grant_type'])
  if (error.error === 'invalid_grant' && DEAD_GRANT[grantType]) return refusal(400, 'invalid_grant', DEAD_GRANT[grantType])
  return undefined
}

function unauthorizedClient (ctx: KoaContextWithOIDC): Refusal {
  const grantTypes = ctx.oidc.client?.grantTypes?.join(', ') ?? ''
  return refusal(400, 'unauthorized_client',
    `The client is not authorized to use the provided grant type. Configured grant types: [${grantTypes}].`)
}

function refusal (status: number, error: string, description: string): Refusal {
  return { status, error, description }
}
