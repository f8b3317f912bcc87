import type { Json } from '../../kernel/json.js'
import { ORG_ID } from '../../tokens/claims.js'
import type { Session } from './store.js'

/** A session as the API shows it. `name` is its id in links: `me` for the one of the caller's cookie. */
export function toSessionView (orgUrl: string, { id, user, startedAt, expiresAt, amr }: Session, name = id): Json {
  const created = new Date(startedAt * 1000).toISOString()
  const href = `${orgUrl}/api/v1/sessions/${name}`
  const hasSecondFactor = amr.includes('mfa')
  return {
    id,
    userId: user.id,
    login: user.profile.login,
    createdAt: created,
    expiresAt: new Date(expiresAt).toISOString(),
    status: 'ACTIVE',
    lastPasswordVerification: created,
    lastFactorVerification: hasSecondFactor ? created : null,
    amr,
    idp: { id: ORG_ID, type: 'OKTA' },
    mfaActive: hasSecondFactor,
    _links: {
      self: { href, hints: { allow: ['GET', 'DELETE'] } },
      refresh: { href: `${href}/lifecycle/refresh`, hints: { allow: ['POST'] } },
      user: { name: `${user.profile.firstName ?? ''} ${user.profile.lastName ?? ''}`.trim(), href: `${orgUrl}/api/v1/users/${name === 'me' ? 'me' : user.id}`, hints: { allow: ['GET'] } }
    }
  }
}
