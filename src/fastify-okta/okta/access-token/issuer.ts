import type { Introspection } from '../../oauth/introspection.js'
import type { IssuerKeys } from '../../oauth/issuer-keys.js'
import type { ClaimPolicy } from './claim-profile.js'
import type { Directory } from '../directory/directory.js'
import type { Revocations } from '../revocations/revocations.js'
import type { CrossCheck } from './cross-check.js'

/** An Okta authorization server, and what belongs to its tokens. */
export interface Issuer {
  readonly policy: ClaimPolicy
  /** How its tokens are verified: here, with its keys, or by asking it. */
  readonly verification: LocalVerification | RemoteVerification
  readonly directory: Directory | null
  /** The users whose tokens are refused before they expire. Issuers of one org share it. */
  readonly revocations: Revocations
}

export interface LocalVerification {
  readonly keys: IssuerKeys
  readonly secondOpinion: CrossCheck | null
}

export interface RemoteVerification {
  readonly introspection: Introspection
  /** How long an answer may be reused, in milliseconds; never beyond the token's `exp`. */
  readonly cacheTtlMs: number
}
