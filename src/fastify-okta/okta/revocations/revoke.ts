import type { AccessTokenClaims } from '../access-token/claim-profile.js'
import type { Issuer } from '../access-token/issuer.js'
import type { RaiseResult, Revocations } from './revocations.js'
import type { Subject } from './subject.js'

/** The user whose tokens are refused from now on. */
export type RevokeOptions = Subject & {
  /** Tokens that were issued, or whose user signed in, at this time or before are refused. Default, and if it is in the future: now. */
  readonly before?: Date | undefined
}

/**
 * Revokes a user's tokens of every org.
 *
 * @throws {TypeError} neither `uid` nor `login` is given, or both, or `before` is not a valid Date
 * @throws {DirectoryUnavailableError} a directory is needed and unavailable: the user is not revoked in that org
 */
export async function revokeInAll (orgs: ReadonlySet<Revocations>, { before = new Date(), ...subject }: RevokeOptions): Promise<RaiseResult> {
  if (!(before instanceof Date) || Number.isNaN(before.getTime())) throw new TypeError('before must be a valid Date: leave it out to revoke what was issued until now')
  const outcomes = await Promise.allSettled([...orgs].map(async (org) => await org.raise(subject, before)))
  const failed = outcomes.find(({ status }) => status === 'rejected')
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
  const results = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<RaiseResult>).value)
  return {
    userIds: [...new Set(results.flatMap(({ userIds }) => userIds))],
    isUnknown: results.every(({ isUnknown }) => isUnknown),
    isRaised: results.some(({ isRaised }) => isRaised)
  }
}

/** @throws {TypeError} the claims are not those of a token of one of these issuers */
export function findRevocations (issuers: readonly Issuer[], claims: AccessTokenClaims | null): Revocations {
  const issuer = issuers.find(({ policy }) => policy.issuer === claims?.iss)
  if (issuer === undefined) throw new TypeError('onRevoked needs the claims of a request that a guard has authenticated')
  return issuer.revocations
}
