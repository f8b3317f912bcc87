import {
  CLIENT_AUTH_METHODS, CODE_CHALLENGE_METHODS, GRANT_TYPES, RESPONSE_MODES, RESPONSE_TYPES, SIGNING_ALGORITHMS, USER_GRANT_TYPES
} from '../capabilities.js'
import { SYSTEM_SCOPES } from '../org.js'
import { ACCESS_TOKEN_CLAIMS, ID_TOKEN_CLAIMS } from '../../tokens/claims.js'

/** `openid-configuration` of the `default` server. Like Okta's, it names no scopes and claims of the server's own. */
export function openidConfiguration (issuer: string): Record<string, unknown> {
  return {
    ...commonMetadata(issuer),
    userinfo_endpoint: `${issuer}/v1/userinfo`,
    grant_types_supported: USER_GRANT_TYPES,
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ID_TOKEN_CLAIMS
  }
}

/** `oauth-authorization-server` (RFC 8414) of the `default` server. */
export function oauthServerMetadata (issuer: string): Record<string, unknown> {
  return {
    ...commonMetadata(issuer),
    grant_types_supported: GRANT_TYPES,
    claims_supported: ACCESS_TOKEN_CLAIMS
  }
}

/**
 * `openid-configuration` of the org server. Names only what it has: tokens for
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
    introspection_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS
  }
}

function commonMetadata (issuer: string): Record<string, unknown> {
  const base = `${issuer}/v1`
  return {
    issuer,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    subject_types_supported: ['public'],
    scopes_supported: SYSTEM_SCOPES,
    code_challenge_methods_supported: CODE_CHALLENGE_METHODS,
    ...authenticationOf('token_endpoint'),
    introspection_endpoint: `${base}/introspect`,
    ...authenticationOf('introspection_endpoint'),
    revocation_endpoint: `${base}/revoke`,
    ...authenticationOf('revocation_endpoint'),
    end_session_endpoint: `${base}/logout`,
    device_authorization_endpoint: `${base}/device/authorize`,
    pushed_authorization_request_endpoint: `${base}/par`,
    // OpenID Connect Discovery takes the second for true if it is left out
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS
  }
}

function authenticationOf (endpoint: string): Record<string, unknown> {
  return {
    [`${endpoint}_auth_methods_supported`]: CLIENT_AUTH_METHODS,
    [`${endpoint}_auth_signing_alg_values_supported`]: SIGNING_ALGORITHMS
  }
}
