import type { ClientAuthMethod } from '../resources/apps/application.js'

/*
 * What the authorization servers support. The endpoints and the metadata both read it here, so that whatever
 * discovery names is accepted, and nothing else.
 */

/** Algorithms of DPoP proofs, and of what clients sign with a private key, at every endpoint. */
export const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** Algorithms of what clients sign with their secrets. */
export const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512']

/** Algorithms of client assertions and of request objects. */
export const CLIENT_SIGNING_ALGORITHMS = [...SECRET_ALGORITHMS, ...SIGNING_ALGORITHMS]

/** How clients authenticate, at every endpoint of a custom authorization server. */
export const CLIENT_AUTH_METHODS: readonly ClientAuthMethod[] =
  ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none']

/** Okta's, except `token` alone, which oidc-provider does not have. */
export const RESPONSE_TYPES =
  ['code', 'id_token', 'code id_token', 'code token', 'id_token token', 'code id_token token'] as const

export const RESPONSE_MODES = ['query', 'fragment', 'form_post', 'okta_post_message'] as const

export const CODE_CHALLENGE_METHODS = ['S256'] as const

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Grants that sign a user in, which `openid-configuration` names. */
export const USER_GRANT_TYPES = ['authorization_code', 'implicit', 'refresh_token', 'password', DEVICE_CODE]

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** Every grant of a custom authorization server. */
export const GRANT_TYPES = [...USER_GRANT_TYPES, 'client_credentials', TOKEN_EXCHANGE, JWT_BEARER]

/** Every grant of the org's own server: client credentials are for the Management API only, token exchange for ID-JAGs. */
export const ORG_GRANT_TYPES = [...USER_GRANT_TYPES, 'client_credentials', TOKEN_EXCHANGE]

/** What else the custom servers take, as their metadata says it (draft-ietf-oauth-identity-assertion-authz-grant). */
export const GRANT_PROFILES = ['urn:ietf:params:oauth:grant-profile:id-jag'] as const
