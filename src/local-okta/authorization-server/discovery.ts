import { SYSTEM_SCOPES } from '../org/org.js'

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
const GRANT_TYPES = [
  'authorization_code', 'refresh_token', 'password', 'urn:ietf:params:oauth:grant-type:device_code'
]
const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const ID_TOKEN_CLAIMS = [
  'iss', 'ver', 'sub', 'aud', 'iat', 'exp', 'jti', 'auth_time', 'amr', 'idp', 'nonce', 'name', 'nickname',
  'preferred_username', 'given_name', 'middle_name', 'family_name', 'email', 'email_verified', 'profile', 'zoneinfo',
  'locale', 'address', 'phone_number', 'updated_at', 'at_hash'
]
const ACCESS_TOKEN_CLAIMS = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'uid', 'scp', 'sub']

/** `openid-configuration` of the `default` server. Names nothing that this server does not do. */
export function openidConfiguration (issuer: string): Record<string, unknown> {
  return {
    ...commonMetadata(issuer, `${issuer}/v1`),
    userinfo_endpoint: `${issuer}/v1/userinfo`,
    grant_types_supported: GRANT_TYPES,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: SYSTEM_SCOPES,
    claims_supported: ID_TOKEN_CLAIMS
  }
}

/** `oauth-authorization-server` (RFC 8414) of the `default` server. */
export function oauthServerMetadata (issuer: string): Record<string, unknown> {
  return {
    ...commonMetadata(issuer, `${issuer}/v1`),
    grant_types_supported: [...GRANT_TYPES, 'client_credentials'],
    subject_types_supported: ['public'],
    scopes_supported: SYSTEM_SCOPES,
    claims_supported: ACCESS_TOKEN_CLAIMS
  }
}

/**
 * `openid-configuration` of the org server. Names only what is there: tokens for
 * the management API. People sign in at `default`, so there is no authorize endpoint.
 */
export function orgConfiguration (orgUrl: string): Record<string, unknown> {
  const base = `${orgUrl}/oauth2/v1`
  return {
    issuer: orgUrl,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    introspection_endpoint: `${base}/introspect`,
    response_types_supported: ['token'],
    grant_types_supported: ['client_credentials'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: AUTH_METHODS,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS
  }
}

function commonMetadata (issuer: string, base: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    introspection_endpoint: `${base}/introspect`,
    introspection_endpoint_auth_methods_supported: AUTH_METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    revocation_endpoint: `${base}/revoke`,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    end_session_endpoint: `${base}/logout`,
    device_authorization_endpoint: `${base}/device/authorize`,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS
  }
}
