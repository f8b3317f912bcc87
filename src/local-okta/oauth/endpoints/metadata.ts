import {
  CLIENT_AUTH_METHODS, CLIENT_SIGNING_ALGORITHMS, CODE_CHALLENGE_METHODS, GRANT_PROFILES, GRANT_TYPES, ORG_GRANT_TYPES, RESPONSE_MODES, RESPONSE_TYPES, SIGNING_ALGORITHMS,
  USER_GRANT_TYPES
} from '../capabilities.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { ORG_SERVER_ID } from '../org-server.js'
import { SYSTEM_SCOPES } from '../../resources/authorization-servers/parts.js'
import { ACCESS_TOKEN_CLAIMS, ID_TOKEN_CLAIMS } from '../../tokens/claims.js'

/** `openid-configuration`. Like Okta's, it names no scopes and claims of a server's own. */
export function openidConfiguration (server: AuthorizationServer): Record<string, unknown> {
  return {
    ...commonMetadata(server),
    userinfo_endpoint: `${server.baseUrl}/v1/userinfo`,
    grant_types_supported: USER_GRANT_TYPES,
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ID_TOKEN_CLAIMS
  }
}

/** `oauth-authorization-server` (RFC 8414). */
export function oauthServerMetadata (server: AuthorizationServer): Record<string, unknown> {
  return {
    ...commonMetadata(server),
    ...(server.id === ORG_SERVER_ID
      ? { grant_types_supported: ORG_GRANT_TYPES }
      : { grant_types_supported: GRANT_TYPES, authorization_grant_profiles_supported: GRANT_PROFILES }),
    claims_supported: ACCESS_TOKEN_CLAIMS
  }
}

function commonMetadata ({ issuer, baseUrl }: AuthorizationServer): Record<string, unknown> {
  const base = `${baseUrl}/v1`
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
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: CLIENT_SIGNING_ALGORITHMS,
    // OpenID Connect Discovery takes it for true if it is left out
    request_uri_parameter_supported: false,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS
  }
}

function authenticationOf (endpoint: string): Record<string, unknown> {
  return {
    [`${endpoint}_auth_methods_supported`]: CLIENT_AUTH_METHODS,
    [`${endpoint}_auth_signing_alg_values_supported`]: CLIENT_SIGNING_ALGORITHMS
  }
}
