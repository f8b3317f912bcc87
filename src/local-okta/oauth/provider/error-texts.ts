import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type * as OidcProvider from 'oidc-provider'
import { DEVICE_CODE } from '../capabilities.js'
import { POLICY_FAILED } from '../policy.js'

/** An error of oidc-provider's. */
export type ProviderError = InstanceType<typeof OidcProvider.errors.OIDCProviderError>

interface Refusal {
  error: string
  description: string
}

const DEAD_GRANT: Readonly<Record<string, string>> = {
  authorization_code: 'The authorization code is invalid or has expired.',
  refresh_token: 'The refresh token is invalid or expired.',
  [DEVICE_CODE]: 'The device code is invalid or has expired.'
}

/** The details of oidc-provider that mean: this code or token is not, or no longer, good for anything. */
const IS_DEAD_GRANT = /(not found\)?|expired|already (consumed|used)|^client mismatch|^accountId mismatch)$/

/** By oidc-provider's own words, which are either its description or its detail. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  'code_verifier must be provided': refusal('invalid_request', 'PKCE code verifier is required by the application.'),
  'code_verifier does not match code_challenge': refusal('invalid_grant', 'PKCE verification failed.'),
  'authorization code redirect_uri mismatch': refusal('invalid_grant',
    "The 'redirect_uri' does not match the redirection URI used in the authorization request."),
  'DPoP proof JWT not provided': refusal('invalid_dpop_proof', 'The DPoP proof JWT header is missing.'),
  'missing DPoP proof JWT': refusal('invalid_dpop_proof', 'The DPoP proof JWT header is missing.'),
  'DPoP proof JWT Replay detected': refusal('invalid_dpop_proof', 'The DPoP proof JWT has already been used.'),
  // Okta's own words for these two are not known
  'failed jkt verification': refusal('invalid_dpop_proof',
    'The DPoP proof JWT is not signed with the key that the refresh token is bound to.'),
  'DPoP proof key thumbprint does not match dpop_jkt': refusal('invalid_dpop_proof',
    "The DPoP proof JWT is not signed with the key of the 'dpop_jkt' parameter.")
}

const BY_ERROR: Readonly<Record<string, string>> = {
  authorization_pending: 'The device authorization is pending. Please try again later.',
  expired_token: 'The device code has expired.',
  use_dpop_nonce: 'Authorization server requires nonce in DPoP proof.'
}

const AUTHORIZATION_DESCRIPTIONS: Readonly<Record<string, string>> = {
  "redirect_uri did not match any of the client's registered redirect_uris":
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  'Authorization Server policy requires PKCE to be used for this request':
    'PKCE code challenge is required by the application.',
  'End-User authentication is required': 'The client specified not to prompt, but the user is not logged in.',
  'End-User authentication could not be obtained':
    'The client specified not to prompt, but the client app requires re-authentication or MFA.'
}

/** Makes the endpoints for clients refuse in Okta's words. */
export function registerErrorTexts (provider: Provider): void {
  provider.on('grant.error', answer)
  provider.on('device_authorization.error', answer)
  provider.on('pushed_authorization_request.error', answer)
}

function answer (ctx: KoaContextWithOIDC, error: ProviderError): void {
  const { error: code, description } = toOktaError(ctx, error)
  ctx.status = description === POLICY_FAILED ? 401 : 400
  ctx.body = { error: code, ...(description === '' ? {} : { error_description: description }) }
}

/** Okta's words for a description that `/authorize` sends back to the app; unknown ones stay as they are. */
export function authorizationDescription (description: string): string {
  return AUTHORIZATION_DESCRIPTIONS[description] ?? describeMissing(description) ?? description
}

/** Okta's words for a refusal of the endpoints for clients. */
export function toOktaError (ctx: KoaContextWithOIDC, { error, error_description: description = '', error_detail: detail = '' }: ProviderError): Refusal {
  if (detail === 'failed jkt verification' && ctx.get('dpop') === '') return REFUSALS['DPoP proof JWT not provided'] as Refusal
  const known = REFUSALS[detail] ?? REFUSALS[description]
  if (known) return known
  const dead = DEAD_GRANT[String(ctx.oidc.params?.['grant_type'])]
  if (error === 'invalid_grant' && dead !== undefined && IS_DEAD_GRANT.test(detail)) return refusal(error, dead)
  // the detail is the cause; the description only names its kind
  return refusal(error, BY_ERROR[error] ?? authorizationDescription(detail || description))
}

function describeMissing (description: string): string | undefined {
  const [, name] = /^missing required parameters? '?(\w+)/.exec(description) ?? []
  return name === undefined ? undefined : `The '${name}' parameter is required.`
}

function refusal (error: string, description: string): Refusal {
  return { error, description }
}
