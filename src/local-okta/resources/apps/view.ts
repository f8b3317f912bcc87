import type { Application, AppGroup, AppUser } from './application.js'

type View = Record<string, unknown>

// Okta's own template language, not ours
const USER_NAME_TEMPLATE = '$' + '{source.login}'

/** An OpenID Connect app as the API shows it. Without `_links.self`, as in Okta. */
export function toAppView (orgUrl: string, application: Application): View {
  const href = `${orgUrl}/api/v1/apps/${application.id}`
  const next = application.status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    id: application.id,
    name: application.name,
    label: application.label,
    status: application.status,
    signOnMode: 'OPENID_CONNECT',
    created: application.created,
    lastUpdated: application.lastUpdated,
    accessibility: { selfService: false },
    features: [],
    visibility: { autoSubmitToolbar: false, hide: { iOS: true, web: true } },
    credentials: {
      oauthClient: {
        autoKeyRotation: true,
        client_id: application.id,
        ...(application.clientSecret === null ? {} : { client_secret: application.clientSecret }),
        token_endpoint_auth_method: application.authMethod,
        pkce_required: application.authMethod === 'none'
      },
      userNameTemplate: { template: USER_NAME_TEMPLATE, type: 'BUILT_IN' }
    },
    settings: { app: {}, oauthClient: oauthSettings(application) },
    _links: {
      users: { href: `${href}/users` },
      groups: { href: `${href}/groups` },
      [next]: { href: `${href}/lifecycle/${next}` }
    }
  }
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

function oauthSettings (application: Application): View {
  const keys = application.jwks()
  return {
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    response_types: [application.applicationType === 'service' ? 'token' : 'code'],
    grant_types: application.grantTypes,
    application_type: application.applicationType,
    refresh_token: { rotation_type: application.applicationType === 'browser' ? 'ROTATE' : 'STATIC', leeway: 0 },
    issuer_mode: 'ORG_URL',
    consent_method: 'TRUSTED',
    wildcard_redirect: 'DISABLED',
    dpop_bound_access_tokens: application.dpopBoundAccessTokens,
    ...(keys.length > 0 ? { jwks: { keys } } : {})
  }
}
