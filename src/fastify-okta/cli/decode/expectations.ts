import { readOptions } from '../../options.js'
import { UsageError } from '../exit.js'
import type { ClaimPolicy } from '../../okta/access-token/claim-profile.js'
import type { ConfiguredIssuer } from '../configuration.js'

/** What a token is checked against. */
export interface Expectations {
  readonly policy: ClaimPolicy
  readonly maxTokenBytes: number
  /** Whether tokens that are bound to a key are accepted, and others. */
  readonly dpop: 'off' | 'allowed' | 'required'
}

/**
 * The plugin's own policy for this issuer and audience, with its defaults.
 *
 * @throws {UsageError} the plugin would not start with the issuer or the audience
 */
export function readExpectations ({ issuer, audiences }: ConfiguredIssuer, dpop: string | undefined): Expectations {
  if (dpop !== undefined && dpop !== '' && !isDpopMode(dpop)) throw new UsageError('OKTA_DPOP must be off, allowed or required')
  try {
    const { clockToleranceSeconds, maxTokenLifetimeSeconds, maxTokenBytes } = readOptions({ issuer, audience: audiences })
    return {
      policy: { issuer, audiences, clockToleranceSeconds, maxTokenLifetimeSeconds },
      maxTokenBytes,
      dpop: isDpopMode(dpop) ? dpop : 'allowed'
    }
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error
  }
}

function isDpopMode (text: string | undefined): text is Expectations['dpop'] {
  return text === 'off' || text === 'allowed' || text === 'required'
}
