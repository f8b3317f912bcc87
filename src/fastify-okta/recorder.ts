import type { ProofFault, TokenFault } from './errors.js'
import type { CacheResult, LookUpResult } from './okta/directory/user-cache.js'

/** What was found of an access token. */
export type VerificationResult = 'cached' | 'verified' | 'refused' | 'unavailable'

/**
 * Is told what happens, for metrics. Each method may be left out. They are called while requests wait, so they had better be
 * quick: `recordVerification` and `recordCacheUse` at every request, the others only where Okta is asked or somebody refused.
 *
 * It is told words of a few closed sets, names from the configuration, and numbers: nothing of a request, a token or a user.
 * One that throws, or returns a promise that rejects, changes nothing else; the first failure is logged.
 */
export interface Recorder {
  /**
   * For each access token that a guard looks at: `cached` if it was found good before, `verified` if it was found good now,
   * `refused` for a reason of `TOKEN_FAULTS` (`verifiers_disagree`: the two libraries disagree), or `unavailable` if it could
   * not be told.
   */
  recordVerification? (result: VerificationResult, reason?: TokenFault): void
  /**
   * For each request that a guard refuses, an outage included: the code of the error, as `FST_OKTA_GROUP_REQUIRED`, and the
   * reason of one that has a reason (`TOKEN_FAULTS`, `PROOF_FAULTS`).
   */
  recordRefusal? (code: string, reason?: TokenFault | ProofFault): void
  /** After each fetch of an issuer's keys: `ok` or `failed`. */
  recordKeysFetch? (result: 'ok' | 'failed', issuer: string): void
  /** After a fetch of an issuer's keys: how far this machine's clock is ahead of the issuer's, in seconds, give or take a second or two. */
  recordClockSkew? (seconds: number, issuer: string): void
  /**
   * After each look-up of a user and its groups in the directory: `found`, `not_found`, `rate_limited` or `failed`, and how
   * long it took, in seconds.
   */
  recordLookUp? (result: LookUpResult, seconds: number, issuer: string): void
  /**
   * Each time that a user is needed: `hit` if memory had it, `stale` if it is old and is used because Okta is away, `miss` if
   * Okta had to be asked, or should have been.
   */
  recordCacheUse? (result: CacheResult, issuer: string): void
  /** After an answer of the Management API: how many more calls of its kind it says that Okta takes now (`X-Rate-Limit-Remaining`). */
  recordRateLimit? (remaining: number, issuer: string): void
}

const METHODS = [
  'recordVerification', 'recordRefusal', 'recordKeysFetch', 'recordClockSkew', 'recordLookUp', 'recordCacheUse', 'recordRateLimit'
] as const satisfies ReadonlyArray<keyof Recorder>

/** A recorder with all its methods, none of which throws. */
export type SafeRecorder = Readonly<Required<Recorder>>

/** @throws {TypeError} a method is something else */
export function checkRecorder (recorder: Recorder): void {
  for (const method of METHODS) {
    if (!['function', 'undefined'].includes(typeof recorder[method])) throw new TypeError(`recorder.${method} must be a function`)
  }
}

/**
 * Completes a recorder, and keeps what it fails with from everybody else.
 *
 * @param onFailure called for the first failure only: what fails at every request would fill the log
 */
export function makeSafe (recorder: Recorder, onFailure: (error: unknown) => void): SafeRecorder {
  let hasFailed = false
  function fail (error: unknown): void {
    if (hasFailed) return
    hasFailed = true
    onFailure(error)
  }
  return Object.freeze(Object.fromEntries(METHODS.map(method => [method, shield(recorder, recorder[method], fail)]))) as SafeRecorder
}

type Method = (...facts: unknown[]) => unknown

/** No method takes more than three facts; a rest parameter would be a list made at every request. */
function shield (recorder: Recorder, method: unknown, fail: (error: unknown) => void): Method {
  if (method === undefined) return () => {}
  return (first, second, third) => {
    try {
      const pending = (method as Method).call(recorder, first, second, third)
      if (pending instanceof Promise) pending.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}
