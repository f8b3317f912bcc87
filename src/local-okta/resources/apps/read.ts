import { invalid } from '../../kernel/errors.js'
import { readMember, readObject, readOptionalText, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { SIGN_ON_MODES } from './application.js'
import type { Application, ApplicationType, ClientAuthMethod, SignOnMode } from './application.js'
import { readPublicKey } from './client-keys.js'
import { readRefreshTokenRotation } from './refresh-token-rotation.js'

const MAX_LABEL_LENGTH = 100
const CLIENT_ID = /^[\w.~-]{6,100}$/
const APPLICATION_TYPES: readonly ApplicationType[] = ['browser', 'native', 'web', 'service']
const AUTH_METHODS: readonly ClientAuthMethod[] = ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt']
/** Where the token endpoint may be called from. */
const CONNECTIONS = ['ANYWHERE', 'ZONE'] as const
/** The names of apps that are made without a template. */
const NAMES: Readonly<Partial<Record<SignOnMode, string>>> = {
  OPENID_CONNECT: 'oidc_client',
  BOOKMARK: 'bookmark',
  BASIC_AUTH: 'template_basic_auth',
  BROWSER_PLUGIN: 'template_swa',
  SECURE_PASSWORD_STORE: 'template_sps',
  WS_FEDERATION: 'template_wsfed'
}
/** What Okta writes itself: sent back, it is ignored. */
const READ_ONLY = new Set(['id', 'orn', 'status', 'created', 'lastUpdated', '_links', '_embedded', 'universalLogout'])

/** An app as a request describes it. */
export type AppDescription = Pick<Application, 'name' | 'label' | 'signOnMode' | 'record' | 'applicationType' | 'authMethod' | 'jwks' |
  'grantTypes' | 'redirectUris' | 'postLogoutRedirectUris' | 'dpopBoundAccessTokens'> & {
  /** Undefined: any. */
    readonly clientId: string | undefined
    /** Undefined: the one it has, or a new one. */
    readonly clientSecret: string | undefined
  }

/**
 * Reads an app. Of OpenID Connect apps the client's settings are checked; of other sign-on modes nothing but the label is,
 * for they are records only.
 *
 * @throws {OktaApiError} 400 E0000001, E0000003
 */
export function readApp (body: unknown): AppDescription {
  const json = readObject(body)
  const label = readText(json, 'label')
  if (label.length > MAX_LABEL_LENGTH) throw invalid('label', 'The field is too long')
  const signOnMode = readOneOf(json, 'signOnMode', SIGN_ON_MODES)
  // an app of the administrator's own is named after its label
  const name = readOptionalText(json, 'name') ?? NAMES[signOnMode] ?? `localokta_${label.toLowerCase().replace(/\W+/g, '')}_1`
  const record = Object.fromEntries(Object.entries(json).filter(([member]) => !READ_ONLY.has(member)))
  for (const member of ['visibility', 'accessibility', 'profile', 'licensing', 'settings', 'credentials']) readMember(json, member)
  return { name, label, signOnMode, record, ...(signOnMode === 'OPENID_CONNECT' ? readClient(json) : NO_CLIENT) }
}

type ClientDescription = Omit<AppDescription, 'name' | 'label' | 'signOnMode' | 'record'>

const NO_CLIENT: ClientDescription = {
  clientId: undefined,
  clientSecret: undefined,
  applicationType: 'web',
  authMethod: 'none',
  jwks: () => [],
  grantTypes: [],
  redirectUris: [],
  postLogoutRedirectUris: [],
  dpopBoundAccessTokens: false
}

function readClient (json: Json): ClientDescription {
  const settings = readMember(readMember(json, 'settings'), 'oauthClient')
  const credentials = readMember(readMember(json, 'credentials'), 'oauthClient')
  const applicationType = settings['application_type'] === undefined ? 'web' : readOneOf(settings, 'application_type', APPLICATION_TYPES)
  const grantTypes = readGrantTypes(settings, applicationType)
  const authMethod = credentials['token_endpoint_auth_method'] === undefined
    ? applicationType === 'browser' ? 'none' : 'client_secret_basic'
    : readOneOf(credentials, 'token_endpoint_auth_method', AUTH_METHODS)
  if (authMethod === 'none' && applicationType === 'service') throw invalid('token_endpoint_auth_method', "A service app cannot have the method 'none'")
  const redirectUris = readUris(settings, 'redirect_uris')
  if (redirectUris.length === 0 && grantTypes.some((type) => type === 'authorization_code' || type === 'implicit')) {
    throw invalid('redirect_uris', "'redirect_uris' must not be empty for these grant types")
  }
  readRefreshTokenRotation(settings, applicationType)
  if (settings['network'] !== undefined) readOneOf(readMember(settings, 'network'), 'connection', CONNECTIONS)
  const keys = readKeys(settings)
  if (authMethod === 'private_key_jwt' && keys.length === 0 && settings['jwks_uri'] === undefined) {
    throw invalid('jwks', "'jwks' or 'jwks_uri' must be provided for 'private_key_jwt'")
  }
  return {
    clientId: readClientId(credentials),
    clientSecret: readOptionalText(credentials, 'client_secret'),
    applicationType,
    authMethod,
    jwks: () => keys,
    grantTypes,
    redirectUris,
    postLogoutRedirectUris: readUris(settings, 'post_logout_redirect_uris'),
    dpopBoundAccessTokens: readBoolean(settings, 'dpop_bound_access_tokens')
  }
}

function readGrantTypes (settings: Json, applicationType: ApplicationType): string[] {
  const fallback = applicationType === 'service' ? ['client_credentials'] : ['authorization_code']
  const grantTypes = settings['grant_types'] === undefined || settings['grant_types'] === null ? fallback : readTexts(settings, 'grant_types')
  if (grantTypes.length === 0) throw invalid('grant_types', 'The field cannot be left blank')
  if (applicationType === 'service' && grantTypes.some((type) => type === 'authorization_code' || type === 'implicit' || type === 'password')) {
    throw invalid('grant_types', 'A service app has no users to sign in')
  }
  if (applicationType !== 'service' && applicationType !== 'web' && grantTypes.includes('client_credentials')) {
    throw invalid('grant_types', "'client_credentials' is for service and web apps")
  }
  return grantTypes
}

function readUris (settings: Json, name: string): string[] {
  const uris = readTexts(settings, name)
  const wrong = uris.find((uri) => !URL.canParse(uri) || uri.includes('#'))
  if (wrong !== undefined) throw invalid(name, 'must be absolute URIs without a fragment')
  return uris
}

function readKeys (settings: Json) {
  const keys = readMember(settings, 'jwks')['keys'] ?? []
  if (!Array.isArray(keys)) throw invalid('jwks', 'keys must be an array')
  return keys.map((key) => readPublicKey(readObject(key)))
}

function readClientId (credentials: Json): string | undefined {
  const clientId = readOptionalText(credentials, 'client_id')
  if (clientId !== undefined && !CLIENT_ID.test(clientId)) throw invalid('client_id', 'must be 6 to 100 letters, digits, -, _, . or ~')
  return clientId
}

function readBoolean (json: Json, name: string): boolean {
  const value = json[name] ?? false
  if (typeof value !== 'boolean') throw invalid(name, 'must be a boolean')
  return value
}

function readOneOf<T extends string> (json: Json, name: string, values: readonly T[]): T {
  const text = readText(json, name)
  const value = values.find((known) => known === text)
  if (value === undefined) throw invalid(name, `must be one of ${values.join(', ')}`)
  return value
}
