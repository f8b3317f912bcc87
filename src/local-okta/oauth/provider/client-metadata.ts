import type { AdapterPayload } from 'oidc-provider'
import { readMember } from '../../kernel/json.js'
import type { Application } from '../../resources/apps/application.js'
import { CLIENT_SIGNING_ALGORITHMS, DEVICE_CODE, GRANT_TYPES, JWT_BEARER, RESPONSE_TYPES, TOKEN_EXCHANGE } from '../capabilities.js'
import { hasPrivateScheme, isLoopbackHttp } from '../redirect-uri.js'

/**
 * The secret of an app towards oidc-provider: its own, by which it may sign request objects, or for an app without one the internal
 * one. Requests with credentials do not get that far.
 */
export function engineSecret ({ clientSecret }: Application, internalSecret: string): string {
  return clientSecret ?? internalSecret
}

/** An app in RFC 7591's words, for oidc-provider. */
export function clientMetadata (application: Application, internalSecret: string): AdapterPayload {
  const { grantTypes } = application
  const isPublic = application.authMethod === 'none'
  return {
    client_id: application.id,
    client_name: application.label,
    application_type: engineApplicationType(application),
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    ...(isPublic ? {} : { client_secret: engineSecret(application, internalSecret) }),
    ...requestObjectMetadata(application),
    grant_types: engineGrantTypes(grantTypes),
    response_types: responseTypesOf(application),
    redirect_uris: application.redirectUris,
    dpop_bound_access_tokens: application.dpopBoundAccessTokens
  } as AdapterPayload
}

// of service apps, which sign nobody in, the keys are not made for this
function requestObjectMetadata ({ applicationType, jwks, record }: Application): AdapterPayload {
  const keys = applicationType === 'service' ? [] : jwks().map(({ kty, kid, n, e, crv, x, y }) => ({ kty, kid, n, e, crv, x, y, use: 'sig' }))
  const algorithm = readMember(readMember(record, 'settings'), 'oauthClient')['request_object_signing_alg']
  return {
    ...(keys.length === 0 ? {} : { jwks: { keys } }),
    ...(typeof algorithm === 'string' && CLIENT_SIGNING_ALGORITHMS.includes(algorithm) ? { request_object_signing_alg: algorithm } : {})
  } as AdapterPayload
}

/** The response types that an app's grant types allow. A token from `/authorize` cannot be bound to a DPoP key. */
function responseTypesOf ({ grantTypes, dpopBoundAccessTokens }: Application): string[] {
  const allowed = new Set<string>()
  if (grantTypes.includes('authorization_code')) allowed.add('code')
  if (grantTypes.includes('implicit')) allowed.add('id_token').add(dpopBoundAccessTokens ? 'id_token' : 'token')
  return RESPONSE_TYPES.filter((responseType) => responseType.split(' ').every((part) => allowed.has(part)))
}

// oidc-provider allows `native` alone private-use schemes and, for RFC 8252 section 7.3, any port of the loopback
function engineApplicationType ({ applicationType, redirectUris }: Application): 'native' | 'web' {
  if (redirectUris.some((uri) => hasPrivateScheme(uri))) return 'native'
  return applicationType === 'native' && redirectUris.every((uri) => isLoopbackHttp(uri)) ? 'native' : 'web'
}

/** Grants that oidc-provider does not see: the password grant is answered as that of a device (see grants/password.ts). */
const NOT_OF_THE_ENGINE: readonly string[] = ['password', TOKEN_EXCHANGE, JWT_BEARER]

// `implicit` follows from the response types: named here, it would allow https alone
function engineGrantTypes (grantTypes: readonly string[]): string[] {
  const known = new Set(GRANT_TYPES.filter((grantType) => grantType !== 'implicit' && !NOT_OF_THE_ENGINE.includes(grantType)))
  const supported = grantTypes.filter((grantType) => known.has(grantType))
  return grantTypes.includes('password') ? [...new Set([...supported, DEVICE_CODE])] : supported
}
