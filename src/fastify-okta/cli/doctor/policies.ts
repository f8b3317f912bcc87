import type { AccessPolicy } from '../access-policies.js'

/** The grant of the page for browsers. */
export const SIGN_IN_GRANT = 'authorization_code'
/** What the page requests. */
export const SIGN_IN_SCOPES = ['openid', 'profile', 'email'] as const
/** What `PATCH /me` requires. */
export const PROFILE_SCOPE = 'profile:write'

/**
 * The policy that Okta evaluates for a client: the first active one that is for it. Without a client, any that is active.
 * Whether Okta tries a later policy if no rule of this one matches is unconfirmed.
 */
export function findPolicy (policies: readonly AccessPolicy[], clientId: string | undefined): AccessPolicy | undefined {
  return policies.find(({ isActive, clients }) => isActive && (clientId === undefined || clients.includes('ALL_CLIENTS') || clients.includes(clientId)))
}
