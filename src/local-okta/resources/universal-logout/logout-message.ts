import { randomUUID } from 'node:crypto'
import type { Kernel } from '../../kernel/kernel.js'
import type { ReceiverRequest } from '../../kernel/receiver.js'
import { signMessage } from '../../tokens/sign-message.js'
import type { Application } from '../apps/application.js'
import type { UniversalLogoutEndpoint } from '../apps/universal-logout-endpoint.js'
import type { User } from '../users/user.js'

const LIFETIME_SECONDS = 300

/** Whom an app is asked to sign out, and where. */
export interface LogoutMessage {
  readonly app: Application
  readonly endpoint: UniversalLogoutEndpoint
  readonly user: User
}

/** The request to an app's Universal Logout endpoint: Global Token Revocation, draft-parecki-oauth-global-token-revocation-04. */
export async function createLogoutRequest (
  kernel: Kernel, { app, endpoint: { url, format }, user }: LogoutMessage, isWronglySigned: boolean
): Promise<ReceiverRequest> {
  const now = Math.floor(kernel.clock.now() / 1000)
  const claims = {
    jti: randomUUID(),
    iss: kernel.orgUrl,
    sub: app.id,
    aud: withoutQuery(url),
    iat: now,
    exp: now + LIFETIME_SECONDS,
    nbf: now - LIFETIME_SECONDS
  }
  const token = await signMessage(kernel, { typ: 'global-token-revocation+jwt', claims, isWronglySigned })
  const subject = format === 'email' ? { format, email: user.profile.email } : { format, iss: kernel.orgUrl, sub: user.id }
  return {
    url,
    method: 'POST',
    headers: [['authorization', `Bearer ${token}`], ['content-type', 'application/json']],
    body: JSON.stringify({ sub_id: subject })
  }
}

// as it is written: a parsed URL may gain a slash
function withoutQuery (url: string): string {
  return url.split(/[?#]/)[0] ?? url
}
