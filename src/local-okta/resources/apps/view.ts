import { readMember } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { signingKidOf } from './application.js'
import type { Application, AppGroup, AppUser, SignOnMode } from './application.js'
import { refreshTokenRotationOf } from './refresh-token-rotation.js'

/** The links to the policies that an app has been given, by their types. */
const POLICY_LINKS = [['ACCESS_POLICY', 'accessPolicy'], ['PROFILE_ENROLLMENT', 'profileEnrollment']] as const
/** These sign. */
const SIGNING_MODES: readonly SignOnMode[] = ['OPENID_CONNECT', 'SAML_1_1', 'SAML_2_0', 'WS_FEDERATION']
/** These send passwords of their own: whose they are, and whether users may see them, is Okta's default if nothing is said. */
const PASSWORD_MODES: readonly SignOnMode[] = ['AUTO_LOGIN', 'BASIC_AUTH', 'BROWSER_PLUGIN', 'SECURE_PASSWORD_STORE']

type View = Record<string, unknown>

// Okta's own template language, not ours
const USER_NAME_TEMPLATE = '$' + '{source.login}'

/** An app as the API shows it: what was written, and what Okta adds. Without `_links.self`, as in Okta. */
export function toAppView (orgUrl: string, application: Application): View {
  const { id, name, label, status, signOnMode, created, lastUpdated, record } = application
  const href = `${orgUrl}/api/v1/apps/${id}`
  const next = status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    accessibility: { selfService: false },
    features: [],
    visibility: { autoSubmitToolbar: false, hide: { iOS: true, web: true } },
    ...record,
    id,
    name,
    label,
    status,
    signOnMode,
    created,
    lastUpdated,
    credentials: credentialsOf(application),
    settings: settingsOf(application),
    universalLogout: universalLogoutOf(application),
    _links: {
      uploadLogo: { href: `${href}/logo`, hints: { allow: ['POST'] } },
      appLinks: [{ name: 'login', href: `${orgUrl}/home/${name}/${id}`, type: 'text/html' }],
      ...policyLinksOf(orgUrl, application),
      logo: [{ name: 'medium', href: `${orgUrl}/assets/img/logos/default.png`, type: 'image/png' }],
      users: { href: `${href}/users` },
      groups: { href: `${href}/groups` },
      [next]: { href: `${href}/lifecycle/${next}` }
    }
  }
}

function policyLinksOf (orgUrl: string, { policies }: Application): View {
  return Object.fromEntries(POLICY_LINKS.flatMap(([type, name]) => policies[type] === undefined ? [] : [[name, { href: `${orgUrl}/api/v1/policies/${policies[type]}` }]]))
}

/** A user's assignment to an app. */
export function toAppUserView (orgUrl: string, appUser: AppUser): View {
  const { userId, appId, created, lastUpdated, scope, statusChanged, passwordChanged, externalId, userName, profile } = appUser
  return {
    id: userId,
    externalId,
    created,
    lastUpdated,
    scope,
    status: 'ACTIVE',
    statusChanged,
    passwordChanged,
    syncState: 'DISABLED',
    credentials: { userName, ...(passwordChanged === null ? {} : { password: {} }) },
    profile,
    _links: {
      app: { href: `${orgUrl}/api/v1/apps/${appId}` },
      user: { href: `${orgUrl}/api/v1/users/${userId}` }
    }
  }
}

/** A group's assignment to an app. */
export function toAppGroupView (orgUrl: string, { appId, groupId, priority, lastUpdated, profile }: AppGroup): View {
  const href = `${orgUrl}/api/v1/apps/${appId}`
  return {
    id: groupId,
    priority,
    lastUpdated,
    profile,
    _links: {
      app: { href },
      self: { href: `${href}/groups/${groupId}` },
      group: { href: `${orgUrl}/api/v1/groups/${groupId}` }
    }
  }
}

function universalLogoutOf ({ signOnMode, universalLogout }: Application): View {
  if (signOnMode !== 'OPENID_CONNECT') return { status: 'UNSUPPORTED' }
  return {
    status: universalLogout === null ? 'DISABLED' : 'ENABLED', supportType: 'FULL', identityStack: 'NOT_SHARED', protocol: 'GLOBAL_TOKEN_REVOCATION'
  }
}

function credentialsOf (application: Application): View {
  const written = readMember(application.record, 'credentials')
  const signing = SIGNING_MODES.includes(application.signOnMode) ? { kid: signingKidOf(application) } : {}
  const scheme = PASSWORD_MODES.includes(application.signOnMode) ? { scheme: 'EDIT_USERNAME_AND_PASSWORD', revealPassword: false } : {}
  const shared = { ...scheme, userNameTemplate: { template: USER_NAME_TEMPLATE, type: 'BUILT_IN' }, signing, ...withoutPasswords(written) }
  if (application.signOnMode !== 'OPENID_CONNECT') return shared
  const { client_secret: _, ...oauthClient } = readMember(written, 'oauthClient')
  return {
    ...shared,
    oauthClient: {
      autoKeyRotation: true,
      pkce_required: application.authMethod === 'none',
      ...oauthClient,
      client_id: application.id,
      ...(application.clientSecret === null ? {} : { client_secret: application.clientSecret }),
      token_endpoint_auth_method: application.authMethod
    }
  }
}

// a password is written, and never shown
function withoutPasswords ({ password, ...credentials }: Json): Json {
  return password === undefined ? credentials : { ...credentials, password: {} }
}

function settingsOf (application: Application): View {
  const written = readMember(application.record, 'settings')
  if (application.signOnMode !== 'OPENID_CONNECT') return written
  return { app: {}, ...written, oauthClient: { ...readMember(written, 'oauthClient'), ...oauthSettings(application) } }
}

function oauthSettings (application: Application): View {
  const keys = application.jwks()
  const written = readMember(readMember(application.record, 'settings'), 'oauthClient')
  const { type, leewaySeconds } = refreshTokenRotationOf(application)
  return {
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    response_types: written['response_types'] ?? [application.applicationType === 'service' ? 'token' : 'code'],
    grant_types: application.grantTypes,
    application_type: application.applicationType,
    refresh_token: { rotation_type: type, leeway: leewaySeconds },
    issuer_mode: written['issuer_mode'] ?? 'ORG_URL',
    consent_method: written['consent_method'] ?? 'TRUSTED',
    wildcard_redirect: written['wildcard_redirect'] ?? 'DISABLED',
    dpop_bound_access_tokens: application.dpopBoundAccessTokens,
    ...(keys.length > 0 ? { jwks: { keys } } : {})
  }
}
