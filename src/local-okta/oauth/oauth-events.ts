import type { Kernel } from '../kernel/kernel.js'
import type { EventTarget } from '../kernel/system-log.js'
import { appTarget } from '../resources/apps/events.js'
import { Applications } from '../resources/apps/store.js'
import { userActor, userTarget } from '../resources/users/events.js'
import { Users } from '../resources/users/store.js'
import { ORG_SERVER_ID } from './org-server.js'
import { POLICY_FAILED } from './policy.js'

const MESSAGES = {
  authorize: 'OAuth2 authorization request',
  'authorize.code': 'OAuth2 authorization code request',
  'authorize.implicit.access_token': 'OAuth2 access token request by the implicit grant',
  'authorize.implicit.id_token': 'OIDC id token request by the implicit grant',
  'token.grant': 'OAuth2 token request',
  'token.grant.access_token': 'OAuth2 access token is granted',
  'token.grant.id_token': 'OIDC id token is granted',
  'token.grant.refresh_token': 'OAuth2 refresh token is granted',
  'token.revoke': 'OAuth2 token revocation request'
} as const

/** What authorization servers do: the end of an event type. */
export type OAuthEventName = keyof typeof MESSAGES

/** The event types of the authorization servers: `app.oauth2.as.` for the custom ones, `app.oauth2.` for the org's own. */
export const OAUTH_EVENT_TYPES: Readonly<Record<string, string>> = Object.fromEntries(['app.oauth2.as', 'app.oauth2'].flatMap((prefix) =>
  Object.entries(MESSAGES).map(([name, message]) => [`${prefix}.${name}`, message])))

/** Of whose request an event tells. */
export interface OAuthRequest {
  readonly serverId: string
  /** As it was sent: an app of this id may not exist. */
  readonly clientId: string | undefined
  readonly userId: string | undefined
  readonly ipAddress: string
  readonly userAgent: string | null
}

/** Writes into the System Log what a server has issued, or that it has revoked a token. */
export function announceSuccess (kernel: Kernel, request: OAuthRequest, ...names: OAuthEventName[]): void {
  announce(kernel, request, (targets) => {
    for (const name of names) kernel.log.announce(typeOf(request, name), ...targets)
  })
}

/** Writes into the System Log that a server has refused a request, and why. */
export function announceRefusal (
  kernel: Kernel, request: OAuthRequest, name: 'authorize' | 'token.grant', { error, description }: { error: string, description: string }
): void {
  const reason = description === POLICY_FAILED ? 'no_matching_policy' : error
  announce(kernel, request, (targets) => { kernel.log.announceOutcome(typeOf(request, name), { result: 'FAILURE', reason }, ...targets) })
}

// the actor is the user whom the tokens are about, or the app for itself
function announce (kernel: Kernel, { clientId, userId, ipAddress, userAgent }: OAuthRequest, write: (targets: EventTarget[]) => void): void {
  const application = clientId === undefined ? undefined : kernel.store(Applications).findById(clientId)
  const user = userId === undefined ? undefined : kernel.store(Users).findById(userId)
  const { label = clientId ?? 'unknown' } = application ?? {}
  const actor = user
    ? userActor(user)
    : { id: clientId ?? 'unknown', type: 'PublicClientApp' as const, alternateId: clientId ?? 'unknown', displayName: label }
  const targets = [...(application ? [appTarget(application)] : []), ...(user ? [userTarget(user)] : [])]
  kernel.log.within({ actor, client: { ipAddress, userAgent, id: application?.id ?? null } }, () => { write(targets) })
}

function typeOf ({ serverId }: OAuthRequest, name: OAuthEventName): string {
  return `app.oauth2${serverId === ORG_SERVER_ID ? '' : '.as'}.${name}`
}
